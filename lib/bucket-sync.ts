import type { Duration } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SYNC_TASKS } from '../statemachine/sync-tasks';
import { ReportBucket } from './report-bucket';
import { SyncFunctions } from './sync-functions';
import { SyncStateMachine } from './sync-state-machine';

export interface BucketSyncProps {
  /** Buckets that an execution may read. They are never written to. */
  readonly sources: readonly s3.IBucket[];

  /** Buckets that an execution may make equal to a source. */
  readonly destinations: readonly s3.IBucket[];

  /**
   * Where reports and locks are kept.
   *
   * @default a new bucket: encrypted, TLS only, not public; it is kept when the stack is destroyed
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * How long the report of a run is kept; only for a new report bucket.
   *
   * @default 90 days
   */
  readonly reportRetention?: Duration;

  /**
   * How long the logs of the functions and of the state machine are kept.
   *
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;
}

/** A state machine that mirrors one S3 bucket into another, with everything that it needs. */
export class BucketSync extends Construct {
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;

  constructor(scope: Construct, id: string, props: BucketSyncProps) {
    super(scope, id);
    const logRetention = props.logRetention ?? logs.RetentionDays.ONE_MONTH;
    this.reportBucket =
      props.reportBucket ?? new ReportBucket(this, 'ReportBucket', { retention: props.reportRetention }).bucket;

    const functions = new SyncFunctions(this, 'Functions', {
      sources: props.sources,
      destinations: props.destinations,
      reportBucket: this.reportBucket,
      logRetention,
    }).byTask;
    const sync = new SyncStateMachine(this, 'StateMachine', { functions, logRetention });
    for (const { name, describesExecutions } of SYNC_TASKS) {
      const handler = functions.get(name);
      if (handler && describesExecutions) sync.grantDescribeExecution(handler);
    }
    this.stateMachine = sync.stateMachine;
  }
}
