import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SYNC_TASKS } from '../permissions/sync-tasks';
import { InvalidInputError } from '../statemachine/errors';
import type { MetricName } from '../statemachine/metrics';
import type { BucketSyncProps } from './bucket-sync-props';
import { refuseUnknownFields } from './known-fields';
import { type RegisteredMirror, registerMirrors } from './mirror-registry';
import { checkSetting } from './mirror-setting';
import { type MirrorMetricOptions, mirrorMetric } from './monitoring/mirror-metrics';
import { Monitoring } from './monitoring/monitoring';
import type { SyncMonitoring } from './monitoring/sync-monitoring';
import { ReportBucket, STRAY_REPORT_KEY } from './report-bucket';
import { SyncFunctions } from './sync-functions';
import type { SyncMirror } from './sync-mirror';
import { type SyncNotifications, SyncNotificationsRule } from './sync-notifications';
import { checkScheduleInput, createSchedule, createScheduleRole, readStarts, scheduleInput } from './sync-schedule';
import { isApartIn, nameOfPlace, refuseStraySides } from './sync-side';
import { SyncStateMachine } from './sync-state-machine';
import { toSetting } from './to-setting';
import { withoutTokens } from './unresolved-text';

const STRAY_NETWORK =
  'Expected `vpc` together with `vpcSubnets` and `securityGroups`, which belong to it, got no `vpc`';

/** A state machine that mirrors S3 buckets into others, with everything that it requires. */
export class BucketSync extends Construct {
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;
  private readonly mirrors: readonly SyncMirror[];

  /** @throws InvalidInputError  a mirror or a schedule could not run, or would interfere with another one */
  constructor(scope: Construct, id: string, props: BucketSyncProps) {
    super(scope, id);
    refuseUnknownFields(props, this.node.path);
    const logRetention = props.logRetention ?? logs.RetentionDays.ONE_MONTH;
    if (props.reportKey && !props.reportBucket) throw new InvalidInputError(STRAY_REPORT_KEY);
    if (!props.vpc && (props.vpcSubnets ?? props.securityGroups)) throw new InvalidInputError(STRAY_NETWORK);
    this.reportBucket =
      props.reportBucket ?? new ReportBucket(this, 'ReportBucket', { retention: props.reportRetention }).bucket;
    this.checkMirrors(props.mirrors);

    const functions = new SyncFunctions(this, 'Functions', {
      ...props,
      reportBucket: this.reportBucket,
      logRetention,
      metrics: props.monitoring && (props.monitoring.metrics ?? 'essential'),
    });
    const sync = new SyncStateMachine(this, 'StateMachine', { ...props, functions: functions.byTask, logRetention });
    for (const { name, describesExecutions } of SYNC_TASKS) {
      const handler = functions.byTask.get(name);
      if (handler && describesExecutions) sync.grantDescribeExecution(handler);
    }
    this.stateMachine = sync.stateMachine;
    const queues = [...this.createSchedules(props), ...this.createNotifications(props.notifications)];
    this.mirrors = props.mirrors;
    if (props.monitoring) this.createMonitoring(props.monitoring, functions, queues);
  }

  /** 1 for each run that brought all of a mirror up to date. The metrics of runs are published only with `monitoring`. */
  metricRunSucceeded(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('RunSucceeded', options);
  }

  /** Seconds. */
  metricRunDuration(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('RunDuration', options);
  }

  metricObjectsCopied(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsCopied', options);
  }

  metricBytesCopied(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('BytesCopied', options);
  }

  metricObjectsDeleted(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsDeleted', options);
  }

  metricObjectsFailed(options?: MirrorMetricOptions): cloudwatch.Metric {
    return this.metric('ObjectsFailed', options);
  }

  /**
   * Any metric of the runs of a mirror.
   *
   * @throws InvalidInputError  there is no such mirror
   */
  metric(name: MetricName, { mirror: index = 0, ...options }: MirrorMetricOptions = {}): cloudwatch.Metric {
    const mirror = this.mirrors[index];
    if (mirror) return mirrorMetric(mirror, name, options);
    throw new InvalidInputError(`Expected \`mirror\` to be from 0 to ${this.mirrors.length - 1}, got ${index}`);
  }

  /** Allows to start executions. What they may do is limited by the deployment, not by who starts them. */
  grantStart(grantee: iam.IGrantable): iam.Grant {
    return this.stateMachine.grantStartExecution(grantee);
  }

  private checkMirrors(mirrors: readonly SyncMirror[]): void {
    const { path } = this.node;
    refuseStraySides(mirrors, path);
    const deployed = mirrors.map((mirror) => checkSetting(toSetting(mirror), path, isApartIn(mirror)));
    const registered = mirrors.map((mirror, index): RegisteredMirror => {
      const schedules = (mirror.schedules ?? []).flatMap((schedule) => {
        const input = scheduleInput(schedule, toSetting(mirror), mirrors.length === 1);
        const { dryRun } = checkScheduleInput(schedule.name, input, deployed, isApartIn(mirror));
        const starts = readStarts(schedule);
        // a dry run takes no lock
        return starts && schedule.enabled !== false && !dryRun ? [{ ...starts, name: schedule.name }] : [];
      });
      const { input } = deployed[index] as (typeof deployed)[number];
      const source = nameOfPlace(input.source, mirror.source);
      const destination = nameOfPlace(input.destination, mirror.destination);
      return { name: path, input: { ...input, source, destination }, schedules };
    });
    registerMirrors(this.node.root, registered, withoutTokens(this.reportBucket.bucketName));
  }

  /** @returns queues for starts that were lost */
  private createSchedules({ mirrors }: BucketSyncProps): sqs.IQueue[] {
    const schedules = mirrors.flatMap((mirror) => (mirror.schedules ?? []).map((schedule) => ({ schedule, mirror })));
    if (schedules.length === 0) return [];
    const scope = new Construct(this, 'Schedules');
    const role = createScheduleRole(scope);
    const ownQueue = schedules.some(({ schedule }) => schedule.deadLetterQueue === undefined)
      ? new sqs.Queue(scope, 'DeadLetters', { enforceSSL: true, retentionPeriod: Duration.days(14) })
      : undefined;
    for (const { schedule, mirror } of schedules) {
      const deadLetterQueue = schedule.deadLetterQueue ?? ownQueue;
      const input = scheduleInput(schedule, toSetting(mirror), mirrors.length === 1);
      createSchedule(scope, { ...schedule, deadLetterQueue }, { stateMachine: this.stateMachine, input, role });
    }
    return ownQueue ? [ownQueue] : [];
  }

  /** @returns queues for messages that were lost */
  private createNotifications(notifications: SyncNotifications | undefined): sqs.IQueue[] {
    if (!notifications) return [];
    const { stateMachine, reportBucket } = this;
    const rule = new SyncNotificationsRule(this, 'Notifications', { ...notifications, stateMachine, reportBucket });
    return notifications.deadLetterQueue ? [] : [rule.deadLetterQueue];
  }

  private createMonitoring(
    monitoring: SyncMonitoring,
    { byTask }: SyncFunctions,
    deadLetterQueues: sqs.IQueue[],
  ): void {
    const { stateMachine, reportBucket } = this;
    const mirrors = this.mirrors.map((mirror) => {
      const schedules = (mirror.schedules ?? []).filter(({ enabled }) => enabled !== false);
      return { mirror, starts: schedules.map(readStarts) };
    });
    const watched = { mirrors, stateMachine, reportBucket, functions: byTask, deadLetterQueues };
    new Monitoring(this, 'Monitoring', { ...monitoring, ...watched });
  }
}
