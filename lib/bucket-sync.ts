import { RemovalPolicy, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { SYNC_TASKS } from '../permissions/sync-tasks';
import { InvalidInputError } from '../statemachine/errors';
import { announcementSettings, grantAnnouncements } from './announcements';
import { BucketSyncBase, type IBucketSync, type Reports } from './bucket-sync-base';
import type { BucketSyncProps } from './bucket-sync-props';
import { letLogsUse } from './create-log-group';
import { type BucketSyncAttributes, ImportedBucketSync } from './imported-bucket-sync';
import { refuseUnknownFields } from './known-fields';
import { registerMirrors } from './mirror-registry';
import { checkSetting } from './mirror-setting';
import { valueOfDimension } from './monitoring/mirror-metrics';
import { Monitoring } from './monitoring/monitoring';
import { ReportBucket, STRAY_REPORT_KEY } from './report-bucket';
import type { ScheduledMirror } from './scheduled-mirror';
import { SyncFunctions } from './sync-functions';
import type { SyncMirror } from './sync-mirror';
import { SyncNotificationsRule } from './sync-notifications';
import type { SyncSchedule } from './sync-schedule';
import { SyncSchedules } from './sync-schedules';
import { isApartIn, nameOfPlace, refuseStraySides } from './sync-side';
import { SyncStateMachine } from './sync-state-machine';
import { toSetting } from './to-setting';
import { withoutTokens } from './unresolved-text';

const STRAY_NETWORK =
  'Expected `vpc` together with `vpcSubnets` and `securityGroups`, which belong to it, got no `vpc`';

const NO_SNAPSHOTS =
  'Expected `removalPolicy` to be RETAIN, RETAIN_ON_UPDATE_OR_DELETE or DESTROY, got SNAPSHOT: buckets and logs have no snapshots';

/** A state machine that mirrors S3 buckets into others, with everything that it requires. */
export class BucketSync extends BucketSyncBase {
  /** Imports a state machine by its ARN. Its metrics require `mirrorName`. */
  static fromStateMachineArn(scope: Construct, id: string, stateMachineArn: string): IBucketSync {
    return new ImportedBucketSync(scope, id, { stateMachineArn });
  }

  /** Imports a state machine, with its report bucket if `grantRead` should allow to read reports. */
  static fromBucketSyncAttributes(scope: Construct, id: string, attributes: BucketSyncAttributes): IBucketSync {
    return new ImportedBucketSync(scope, id, attributes);
  }

  /** The state machine. */
  readonly stateMachine: sfn.IStateMachine;

  /** The bucket with the reports of the runs. */
  readonly reportBucket: s3.IBucket;

  /** The functions, by the names of their Tasks: `CopyRange`. */
  readonly functions: { [task: string]: lambda.IFunction };

  /** The log groups of the functions, by the names of their Tasks, and `StateMachine`. */
  readonly logGroups: { [name: string]: logs.ILogGroup };

  /** @internal */
  protected readonly _reports: Reports;
  readonly #props: BucketSyncProps;
  readonly #mirrors: readonly ScheduledMirror[];
  readonly #schedules: SyncSchedules;
  readonly #stateMachineRole: iam.IRole;
  readonly #queues: readonly sqs.IQueue[];

  /** @throws InvalidInputError  a mirror or a schedule could not run, or would interfere with another one */
  constructor(scope: Construct, id: string, props: BucketSyncProps) {
    super(scope, id);
    refuseUnknownFields(props, this.node.path);
    if (props.reportKey && !props.reportBucket) throw new InvalidInputError(STRAY_REPORT_KEY);
    if (!props.vpc && (props.vpcSubnets ?? props.securityGroups)) throw new InvalidInputError(STRAY_NETWORK);
    if (props.removalPolicy === RemovalPolicy.SNAPSHOT) throw new InvalidInputError(NO_SNAPSHOTS);
    this.#props = props;
    this.reportBucket = props.reportBucket ?? this.#createReportBucket();
    this._reports = { bucket: this.reportBucket, encryptionKey: props.reportKey ?? this.reportBucket.encryptionKey };
    this.#mirrors = this.#registerMirrors(props.mirrors);

    const logRetention = props.logRetention ?? logs.RetentionDays.ONE_MONTH;
    if (props.logKey) letLogsUse(props.logKey, this);
    const functions = new SyncFunctions(this, 'Functions', {
      ...props,
      reportBucket: this.reportBucket,
      logRetention,
      metrics: props.monitoring && (props.monitoring.metrics ?? 'essential'),
      settings: announcementSettings(props),
    });
    grantAnnouncements(props, functions.byTask);
    const sync = new SyncStateMachine(this, 'StateMachine', { ...props, functions: functions.byTask, logRetention });
    for (const { name, describesExecutions } of SYNC_TASKS) {
      const handler = functions.byTask.get(name);
      if (handler && describesExecutions) sync.grantDescribeExecution(handler);
    }
    this.stateMachine = sync.stateMachine;
    this.#stateMachineRole = sync.stateMachine.role;
    this.functions = Object.fromEntries(functions.byTask);
    this.logGroups = { ...functions.logGroups(), StateMachine: sync.logGroup };

    this.#queues = this.#createNotifications();
    this.#schedules = new SyncSchedules(this, 'Schedules', { stateMachine: sync.stateMachine, mirrors: this.#mirrors });
    props.mirrors.forEach(({ schedules = [] }, index) => {
      for (const schedule of schedules) this.#schedules.add(schedule, this.#mirrorAt(index));
    });
    this.#createMonitoring();
  }

  /** The roles of the functions, by the names of their Tasks, and `StateMachine` and `Schedules`, if there are schedules. */
  get roles(): { [name: string]: iam.IRole } {
    const { role } = this.#schedules;
    const ofTasks = Object.entries(this.functions).flatMap(([task, handler]) =>
      handler.role ? [[task, handler.role]] : [],
    );
    return { ...Object.fromEntries(ofTasks), StateMachine: this.#stateMachineRole, ...(role && { Schedules: role }) };
  }

  /** The queue for starts that were lost. Undefined if there are no schedules, or if each has a queue of its own. */
  get deadLetterQueue(): sqs.IQueue | undefined {
    return this.#schedules.deadLetterQueue;
  }

  /**
   * Adds a schedule to a mirror, as if it had been among its `schedules`.
   *
   * @param schedule  its input may narrow what is deployed
   * @param mirror  number of the mirror in `mirrors`, from 0
   * @throws InvalidInputError  its executions would be rejected, or it would interfere with another schedule
   */
  addSchedule(schedule: SyncSchedule, mirror: number = 0): scheduler.ISchedule {
    const added = this.#schedules.add(schedule, this.#mirrorAt(mirror));
    // what the alarms expect depends on all schedules
    this.node.tryRemoveChild('Monitoring');
    this.#createMonitoring();
    return added;
  }

  /** @internal */
  protected _nameOfMirror(index: number): string {
    return valueOfDimension(this.#mirrorAt(index).mirror);
  }

  /** @internal */
  protected override _refuseStrangeName(name: string): void {
    const known = this.#mirrors.map(({ mirror }) => valueOfDimension(mirror));
    // a name that CloudFormation fills in may be the one
    if ([name, ...known].some((each) => Token.isUnresolved(each)) || known.includes(name)) return;
    throw new InvalidInputError(`Expected \`mirrorName\` to be ${known.join(' or ')}, got "${name}"`);
  }

  #mirrorAt(index: number): ScheduledMirror {
    const mirror = this.#mirrors[index];
    if (mirror) return mirror;
    throw new InvalidInputError(`Expected \`mirror\` to be from 0 to ${this.#mirrors.length - 1}, got ${index}`);
  }

  #createReportBucket(): s3.IBucket {
    const { reportRetention: retention, removalPolicy } = this.#props;
    return new ReportBucket(this, 'ReportBucket', { retention, removalPolicy }).bucket;
  }

  #registerMirrors(mirrors: readonly SyncMirror[]): ScheduledMirror[] {
    const { path } = this.node;
    refuseStraySides(mirrors, path);
    const checked = mirrors.map((mirror) => {
      const deployed = checkSetting(toSetting(mirror), path, isApartIn(mirror));
      const source = nameOfPlace(deployed.input.source, mirror.source);
      const destination = nameOfPlace(deployed.input.destination, mirror.destination);
      return { mirror, deployed, toRegister: { name: path, input: { ...deployed.input, source, destination } } };
    });
    const toRegister = checked.map((each) => each.toRegister);
    const registered = registerMirrors(this.node.root, toRegister, withoutTokens(this.reportBucket.bucketName));
    return registered.map((each, index) => {
      const { mirror, deployed } = checked[index] as (typeof checked)[number];
      return { mirror, deployed, registered: each, starts: [], wholeStarts: [] };
    });
  }

  /** @returns queues for messages that were lost */
  #createNotifications(): sqs.IQueue[] {
    const { notifications, monitoring, mirrors } = this.#props;
    if (!notifications) return [];
    const { stateMachine, reportBucket } = this;
    const runbookUrl = notifications.runbookUrl ?? monitoring?.runbookUrl;
    const invalidates = mirrors.some(({ input }) => input?.invalidate !== undefined);
    const told = { ...notifications, runbookUrl, stateMachine, reportBucket, invalidates };
    const rule = new SyncNotificationsRule(this, 'Notifications', told);
    return notifications.deadLetterQueue ? [] : [rule.deadLetterQueue];
  }

  #createMonitoring(): void {
    const { stateMachine, reportBucket, functions, logGroups, deadLetterQueue } = this;
    const { monitoring } = this.#props;
    if (!monitoring) return;
    const deadLetterQueues = [...(deadLetterQueue ? [deadLetterQueue] : []), ...this.#queues];
    const watched = { mirrors: this.#mirrors, stateMachine, reportBucket, functions, logGroups, deadLetterQueues };
    new Monitoring(this, 'Monitoring', { ...monitoring, ...watched });
  }
}
