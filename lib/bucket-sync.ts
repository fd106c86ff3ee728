import { Duration, type Size } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SYNC_TASKS } from '../permissions/sync-tasks';
import { InvalidInputError } from '../statemachine/errors';
import { refuseUnknownFields } from './known-fields';
import { type RegisteredMirror, registerMirrors } from './mirror-registry';
import { ReportBucket, STRAY_REPORT_KEY } from './report-bucket';
import { SyncFunctions } from './sync-functions';
import { checkSetting, type SyncMirror, toSetting } from './sync-mirror';
import { type SyncNotifications, SyncNotificationsRule } from './sync-notifications';
import { checkScheduleInput, createSchedule, createScheduleRole, readStarts, scheduleInput } from './sync-schedule';
import { isApartIn, nameOfPlace, refuseStraySides } from './sync-side';
import { SyncStateMachine } from './sync-state-machine';
import { withoutTokens } from './unresolved-text';

export interface BucketSyncProps {
  /** One or more pairs of a source and a destination. Each execution mirrors one of them. */
  readonly mirrors: readonly SyncMirror[];

  /**
   * Bucket for reports, and for locks that may not be in a destination.
   *
   * @default a new bucket: encrypted, TLS only, not public, versioned. It stays when the stack is destroyed
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * Key that encrypts `reportBucket`, if AWS does not manage the key.
   *
   * @default the bucket's `encryptionKey`. A bucket that you import by its name has none
   */
  readonly reportKey?: kms.IKey;

  /**
   * How long to keep the report of a run. Only for a new report bucket.
   *
   * @default 90 days
   */
  readonly reportRetention?: Duration;

  /**
   * Notifications when an execution has ended.
   *
   * @default none
   */
  readonly notifications?: SyncNotifications;

  /**
   * VPC in which the functions run, for example one that a bucket policy requires with `aws:SourceVpce`. Without internet access it
   * requires endpoints for S3 and Step Functions: see docs/credentials.md.
   *
   * @default none: Lambda's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of `vpc`.
   *
   * @default private subnets, as CDK chooses them for functions
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the functions in `vpc`.
   *
   * @default a new one that allows only connections to port 443
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];

  /**
   * Memory of the functions that copy and delete. Above 1,769 MiB they have a whole core, and cannot use more.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * How long to keep the logs of the functions and of the state machine.
   *
   * @default one month
   */
  readonly logRetention?: logs.RetentionDays;

  /**
   * Whether a destination uses or requires ACLs, so that copies and the lock must give its owner control. This allows
   * `s3:PutObjectAcl`. Mirrors whose input has `acl: 'bucket-owner-full-control'` are always allowed to.
   *
   * @default false
   */
  readonly acls?: boolean;

  /**
   * Whether X-Ray traces executions and functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

const STRAY_NETWORK =
  'Expected `vpc` together with `vpcSubnets` and `securityGroups`, which belong to it, got no `vpc`';

/** A state machine that mirrors S3 buckets into others, with everything that it requires. */
export class BucketSync extends Construct {
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;

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

  private createSchedules({ mirrors }: BucketSyncProps): void {
    const schedules = mirrors.flatMap((mirror) => (mirror.schedules ?? []).map((schedule) => ({ schedule, mirror })));
    if (schedules.length === 0) return;
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
  }

  private createNotifications(notifications: SyncNotifications): void {
    const { stateMachine, reportBucket } = this;
    new SyncNotificationsRule(this, 'Notifications', { ...notifications, stateMachine, reportBucket });
  }
}
