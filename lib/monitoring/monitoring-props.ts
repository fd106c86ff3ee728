import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Starts } from '../schedule-starts';
import type { SyncMirror } from '../sync-mirror';
import type { SyncMonitoring } from './sync-monitoring';

/** A mirror and the start times of its schedules; undefined if CloudFormation fills them in. */
export interface MonitoredMirror {
  readonly mirror: SyncMirror;
  readonly starts: readonly (Starts | undefined)[];
}

export interface MonitoringProps extends SyncMonitoring {
  readonly mirrors: readonly MonitoredMirror[];
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;
  readonly functions: ReadonlyMap<string, lambda.IFunction>;
  /** Queues that are empty while all is well. */
  readonly deadLetterQueues: readonly sqs.IQueue[];
}
