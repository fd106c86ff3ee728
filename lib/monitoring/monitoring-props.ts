import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { ScheduledMirror } from '../scheduled-mirror';
import type { SyncMonitoring } from './sync-monitoring';

/** A mirror, and when its schedules start it. */
export type MonitoredMirror = Pick<ScheduledMirror, 'mirror' | 'starts' | 'wholeStarts'>;

export interface MonitoringProps extends SyncMonitoring {
  readonly mirrors: readonly MonitoredMirror[];
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;
  readonly functions: Readonly<Record<string, lambda.IFunction>>;
  readonly logGroups: Readonly<Record<string, logs.ILogGroup>>;
  /** Queues that are empty while all is well. */
  readonly deadLetterQueues: readonly sqs.IQueue[];
}
