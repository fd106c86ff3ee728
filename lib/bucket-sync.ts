import { Duration, type Size } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SYNC_TASKS } from '../statemachine/sync-tasks';
import { ReportBucket } from './report-bucket';
import { SyncFunctions } from './sync-functions';
import type { BucketOrLocation } from './sync-location';
import { type SyncNotifications, SyncNotificationsRule } from './sync-notifications';
import { createSchedule, type SyncSchedule } from './sync-schedule';
import { SyncStateMachine } from './sync-state-machine';

export interface BucketSyncProps {
  /** Buckets that an execution may read. They are never written to. */
  readonly sources: readonly BucketOrLocation[];

  /** Buckets that an execution may make equal to a source. */
  readonly destinations: readonly BucketOrLocation[];

  /**
   * Where reports and locks are kept.
   *
   * @default a new bucket: encrypted, TLS only, not public, versioned; it is kept when the stack is destroyed
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * How long the report of a run is kept; only for a new report bucket.
   *
   * @default 90 days
   */
  readonly reportRetention?: Duration;

  /**
   * When executions start by themselves.
   *
   * @default never
   */
  readonly schedules?: readonly SyncSchedule[];

  /**
   * Who is told that an execution has ended.
   *
   * @default nobody
   */
  readonly notifications?: SyncNotifications;

  /**
   * Memory of the functions that copy and delete; above 1,769 MiB they have a whole core, and cannot use more.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * How long the logs of the functions and of the state machine are kept.
   *
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether X-Ray follows executions and functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
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

    const functions = new SyncFunctions(this, 'Functions', { ...props, reportBucket: this.reportBucket, logRetention });
    const sync = new SyncStateMachine(this, 'StateMachine', { ...props, functions: functions.byTask, logRetention });
    for (const { name, describesExecutions } of SYNC_TASKS) {
      const handler = functions.byTask.get(name);
      if (handler && describesExecutions) sync.grantDescribeExecution(handler);
    }
    this.stateMachine = sync.stateMachine;
    this.createSchedules(props);
    if (props.notifications) this.createNotifications(props.notifications);
  }

  private createSchedules({ schedules = [], sources, destinations }: BucketSyncProps): void {
    if (schedules.length === 0) return;
    const scope = new Construct(this, 'Schedules');
    const ownQueue = schedules.some(({ deadLetterQueue }) => deadLetterQueue === undefined)
      ? new sqs.Queue(scope, 'DeadLetters', { enforceSSL: true, retentionPeriod: Duration.days(14) })
      : undefined;
    for (const schedule of schedules) {
      const deadLetterQueue = schedule.deadLetterQueue ?? ownQueue;
      createSchedule(
        scope,
        { ...schedule, deadLetterQueue },
        { stateMachine: this.stateMachine, sources, destinations },
      );
    }
  }

  private createNotifications(notifications: SyncNotifications): void {
    const { stateMachine, reportBucket } = this;
    new SyncNotificationsRule(this, 'Notifications', { ...notifications, stateMachine, reportBucket });
  }
}
