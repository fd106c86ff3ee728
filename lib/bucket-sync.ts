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
  /** What is mirrored: pairs of a source and a destination, one or more. An execution is about one of them. */
  readonly mirrors: readonly SyncMirror[];

  /**
   * Where reports are kept, and locks that may not lie in a destination.
   *
   * @default a new bucket: encrypted, TLS only, not public, versioned; it is kept when the stack is destroyed
   */
  readonly reportBucket?: s3.IBucket;

  /**
   * Key that `reportBucket` is encrypted with, if it is not one of AWS's own.
   *
   * @default the bucket's `encryptionKey`, which a bucket that is imported by its name does not know
   */
  readonly reportKey?: kms.IKey;

  /**
   * How long the report of a run is kept; only for a new report bucket.
   *
   * @default 90 days
   */
  readonly reportRetention?: Duration;

  /**
   * Who is told that an execution has ended.
   *
   * @default nobody
   */
  readonly notifications?: SyncNotifications;

  /**
   * Network that the functions run in, such as one that a bucket policy names by `aws:SourceVpce`. Without a way to the internet it needs
   * endpoints for S3 and Step Functions, see docs/credentials.md.
   *
   * @default none: Lambda's own network
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets of `vpc`.
   *
   * @default private ones, as CDK chooses them for functions
   */
  readonly vpcSubnets?: ec2.SubnetSelection;

  /**
   * Security groups of the functions in `vpc`.
   *
   * @default a new one, which lets them open connections to port 443 and nothing else
   */
  readonly securityGroups?: readonly ec2.ISecurityGroup[];

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
   * Whether a destination uses ACLs, or demands them, so that copies and the lock have to give its owner control: allows
   * `s3:PutObjectAcl`. Mirrors whose input says `acl: 'bucket-owner-full-control'` have that in any case.
   *
   * @default false
   */
  readonly acls?: boolean;

  /**
   * Whether X-Ray follows executions and functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

const STRAY_NETWORK = 'Expected `vpcSubnets` and `securityGroups` beside `vpc`, whose they are, got no `vpc`';

/** A state machine that mirrors S3 buckets into others, with everything that it needs. */
export class BucketSync extends Construct {
  readonly stateMachine: sfn.IStateMachine;
  readonly reportBucket: s3.IBucket;

  /** @throws InvalidInputError  a mirror or a schedule could not run, or would get into the way of another one */
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
        // A dry run takes no lock.
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
