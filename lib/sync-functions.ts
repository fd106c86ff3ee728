import { Duration, type Size, Stack, Token } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { literally } from '../permissions/policy-text';
import {
  type AllowedAction,
  BUCKET_ACTIONS,
  type LimitedAction,
  nameOfAction,
  SYNC_TASKS,
  type SyncTask,
  WRITE_ACL,
} from '../permissions/sync-tasks';
import { ENVIRONMENT, RANGE_MEMORY_MIB, ROUND_BUDGETS_MS } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';
import { LOG_LEVELS, type LogLevel } from '../statemachine/log-levels';
import type { MetricSet } from '../statemachine/metrics';
import { RESERVED_FOLDER } from '../statemachine/reserved-folder';
import { formatS3Url } from '../wording/s3-url';
import type { SettingsByTask } from './announcements';
import { createLogGroup, type LogSettings } from './create-log-group';
import { createHandlerFunction } from './handler-function';
import type { MirrorSetting } from './mirror-setting';
import { toLocation } from './sync-location';
import type { SyncMirror } from './sync-mirror';
import { grantCredentials, isReachedByRoles, sideSettings } from './sync-side';
import { toSetting } from './to-setting';

export interface SyncFunctionsProps extends LogSettings {
  /** Pairs of a source and a destination. */
  readonly mirrors: readonly SyncMirror[];

  /** Bucket for reports and locks. */
  readonly reportBucket: s3.IBucket;

  /**
   * Key that encrypts `reportBucket`.
   *
   * @default the bucket's `encryptionKey`
   */
  readonly reportKey?: kms.IKey;

  /** See `BucketSyncProps`. */
  readonly vpc?: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: readonly ec2.ISecurityGroup[];

  /** Which metrics of each run to publish; undefined: none. */
  readonly metrics?: MetricSet | undefined;

  /** More settings of functions. */
  readonly settings?: SettingsByTask;

  /**
   * How much the functions write to their logs.
   *
   * @default info
   */
  readonly logLevel?: LogLevel;

  /** Key that encrypts the environment variables. */
  readonly environmentKey?: kms.IKey;

  /**
   * Memory of the functions that copy and delete.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * Whether a destination uses ACLs, so that copies must give its owner control. Allows CopyRange to use `s3:PutObjectAcl`.
   *
   * @default false
   */
  readonly acls?: boolean;

  /**
   * Whether X-Ray traces the functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

type Network = Pick<lambda.FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

/** Actions of AWSLambdaVPCAccessExecutionRole, without its permissions for all log groups. */
const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The functions behind the state machine's Tasks, each with its own role and log group. */
export class SyncFunctions extends Construct {
  /** By the name of their Task. */
  readonly byTask: ReadonlyMap<string, lambda.Function>;

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    refuseUnknownLevel(props, this.node.path);
    const network = this.createNetwork(props);
    this.byTask = new Map(SYNC_TASKS.map((task) => [task.name, this.createFunction(task, props, network)]));
  }

  /** The log groups, by the names of the Tasks. */
  logGroups(): Record<string, logs.ILogGroup> {
    return Object.fromEntries([...this.byTask].map(([task, handler]) => [task, handler.logGroup]));
  }

  private createEnvironment(props: SyncFunctionsProps, task: SyncTask) {
    const { mirrors, reportBucket, memory, metrics, logLevel = 'info' } = props;
    const deployed = mirrors.map(toSetting);
    const more = props.settings?.[task.name];
    const sides = sideSettings(mirrors);
    const environment = {
      NODE_OPTIONS: '--enable-source-maps',
      [ENVIRONMENT.reportLocation]: formatS3Url(reportBucket.bucketName),
      [ENVIRONMENT.reportOwner]: reportBucket.env.account,
      [ENVIRONMENT.roundBudgetsMs]: ROUND_BUDGETS_MS.join(','),
      [ENVIRONMENT.logLevel]: logLevel,
      ...(memory && { [ENVIRONMENT.rangeMemoryMib]: String(memory.toMebibytes()) }),
      ...(sides && task.name !== 'ClosePhase' && { [ENVIRONMENT.sides]: Stack.of(this).toJsonString(sides) }),
    };
    const publishes = task.name === 'FinishRun' && metrics !== undefined;
    if (task.name !== 'ValidateInput' && !publishes && !more) return environment;
    const own = { ...environment, ...(publishes && { [ENVIRONMENT.metrics]: metrics }) };
    const asJson = { ...more, [ENVIRONMENT.mirrors]: deployed };
    refuseLongEnvironment({
      ...own,
      ...(sides && { [ENVIRONMENT.sides]: JSON.stringify(sides) }),
      ...mapValues(asJson, (value) => JSON.stringify(value)),
    });
    return { ...own, ...mapValues(asJson, (value) => Stack.of(this).toJsonString(value)) };
  }

  /** Nothing connects to the functions, and they use only TLS. */
  private createNetwork({ vpc, vpcSubnets, securityGroups }: SyncFunctionsProps): Network {
    if (!vpc) return {};
    if (securityGroups) return { vpc, vpcSubnets, securityGroups: [...securityGroups] };
    const group = new ec2.SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Functions of the bucketsync state machine',
      allowAllOutbound: false,
    });
    group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'S3, Step Functions and STS');
    return { vpc, vpcSubnets, securityGroups: [group] };
  }

  private createFunction(task: SyncTask, props: SyncFunctionsProps, network: Network): lambda.Function {
    const logGroup = createLogGroup(this, `${task.name}Logs`, props);
    const role = this.createRole(task, logGroup, network);
    // with its own permission, a function does not depend on the grant that Lambda gives to this very role
    props.environmentKey?.grantDecrypt(role);
    const worksOnRanges = task.memoryMiB === RANGE_MEMORY_MIB;
    const handler = createHandlerFunction(this, task.name, {
      description: `Task ${task.name} of the bucketsync state machine`,
      timeout: Duration.seconds(task.timeoutSeconds),
      memorySize: (worksOnRanges && props.memory?.toMebibytes()) || task.memoryMiB,
      tracing: props.tracing === false ? lambda.Tracing.DISABLED : lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: lambdaLevel(props),
      logGroup,
      role,
      environment: this.createEnvironment(props, task),
      ...(props.environmentKey && { environmentEncryption: props.environmentKey }),
      ...network,
    });
    for (const { source, destination, ...mirror } of props.mirrors) {
      const { sourceOwner, destinationOwner, ...setting } = toSetting({ source, destination, ...mirror });
      const allowed = actionsOf(task, setting, { acls: props.acls === true, undoable: mirror.undoable === true });
      const [from, to] = [toLocation(source), toLocation(destination)];
      if (isReachedByRoles(from)) grant(handler, allowed.source, from, sourceOwner);
      else if (allowed.source.length > 0) grantCredentials(handler, from);
      if (isReachedByRoles(to)) {
        grant(handler, allowed.destination, to, destinationOwner);
        grant(handler, allowed.lock, { ...to, prefix: RESERVED_FOLDER }, destinationOwner);
      } else if (allowed.destination.length + allowed.lock.length > 0) grantCredentials(handler, to);
    }
    const reports = { bucket: props.reportBucket, encryptionKey: props.reportKey };
    const isTold = props.mirrors.some(({ input }) => input?.invalidate !== undefined);
    if (task.toInvalidate && isTold) {
      for (const mirror of props.mirrors) grantInvalidation(handler, mirror, task.toInvalidate);
      grant(handler, task.toInvalidate.reports, toLocation({ ...reports, prefix: 'runs' }));
    }
    const elsewhere = (sideSettings(props.mirrors) && task.elsewhere) || {};
    grant(handler, [...task.reports, ...(elsewhere.reports ?? [])], toLocation({ ...reports, prefix: 'runs' }));
    grant(handler, elsewhere.lacks ?? [], toLocation({ ...reports, prefix: 'lacks' }));
    grant(handler, elsewhere.uploads ?? [], toLocation({ ...reports, prefix: 'uploads' }));
    grant(handler, task.locks, toLocation({ ...reports, prefix: 'locks' }));
    grant(handler, task.evidence ?? [], toLocation({ ...reports, prefix: 'evidence' }));
    grant(handler, task.grace ?? [], toLocation({ ...reports, prefix: 'grace' }));
    grant(handler, task.keyLists ?? [], toLocation({ ...reports, prefix: 'keys' }));
    return handler;
  }

  /** A role without the default managed policy of functions, which allows writing to every log group. */
  private createRole(task: SyncTask, logGroup: logs.ILogGroup, { vpc }: Network): iam.IRole {
    const role = new iam.Role(this, `${task.name}Role`, {
      description: `Task ${task.name} of the bucketsync state machine`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    // Lambda uses the function's role to join the network; these actions do not support resources
    if (vpc) iam.Grant.addToPrincipal({ grantee: role, actions: NETWORK_ACTIONS, resourceArns: ['*'] });
    return role;
  }
}

/** @throws InvalidInputError  a level that TypeScript would have rejected, and that would fail every Task */
function refuseUnknownLevel({ logLevel }: SyncFunctionsProps, path: string): void {
  if (logLevel === undefined || LOG_LEVELS.includes(logLevel)) return;
  throw new InvalidInputError(
    `\`${path}\`: Expected \`logLevel\` to be one of ${LOG_LEVELS.join(', ')}, got ${JSON.stringify(logLevel)}`,
  );
}

/**
 * The functions leave lines out by themselves. If Lambda left them out, too, it could drop the line with the metrics: that has no
 * level, so Lambda takes it for `info`.
 */
function lambdaLevel({ logLevel }: SyncFunctionsProps): lambda.ApplicationLogLevel {
  return logLevel === 'debug' ? lambda.ApplicationLogLevel.DEBUG : lambda.ApplicationLogLevel.INFO;
}

/** Adds permissions that only some mirrors require. @param deployed  `acls`: whether the deployment allows ACLs on all copies */
function actionsOf(
  task: SyncTask,
  { mayOverride = [], ...setting }: MirrorSetting,
  { acls, undoable }: { readonly acls: boolean; readonly undoable: boolean },
) {
  const restores = setting.archived === 'restore' || mayOverride.includes('archived');
  const setsAcls = acls || setting.acl === 'bucket-owner-full-control' || mayOverride.includes('acl');
  const needed = (allowed: AllowedAction) => setsAcls || nameOfAction(allowed) !== WRITE_ACL;
  return {
    source: [...task.source, ...((restores && task.sourceToRestore) || [])],
    destination: [...task.destination.filter(needed), ...((undoable && task.destinationToUndo) || [])],
    lock: task.destinationLock.filter(needed),
  };
}

function mapValues(values: Readonly<Record<string, object>>, write: (value: object) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(value)]));
}

/** Lambda's limit for all variables of a function. Lambda measures them as JSON, with their names and with escaped quotes. */
const MAX_ENVIRONMENT_BYTES = 4096;
/** CloudFormation fills in accounts and names. The name of a bucket is the longest. */
const ACCOUNT_TOKEN = /\$\{Token\[AWS\.AccountId\.\d+\]\}/g;
const OTHER_TOKEN = /\$\{Token\[[^\]]*\]\}/g;

/** @throws InvalidInputError  the function could not be deployed */
function refuseLongEnvironment(environment: Readonly<Record<string, string>>): void {
  const text = JSON.stringify(environment)
    .replaceAll(ACCOUNT_TOKEN, '-'.repeat(12))
    .replaceAll(OTHER_TOKEN, '-'.repeat(63));
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_ENVIRONMENT_BYTES) return;
  throw new InvalidInputError(
    `Expected the settings of all mirrors to fit into the ${MAX_ENVIRONMENT_BYTES} bytes that a Lambda function has for its environment, ` +
      `got ${bytes}. In \`include\` and \`exclude\`, name folders or patterns instead of single keys, or deploy fewer mirrors in one construct`,
  );
}

/**
 * Written by hand, because `grantRead` and similar methods allow `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`, which is far
 * more than is used. Listing is not limited to the folder: otherwise S3 answers 403 instead of 404 for a missing object.
 *
 * @param owner  account that must own the bucket, so that a bucket that another account has recreated is not used. A key
 * requires no such condition, because its ARN contains its account.
 */
function grant(
  grantee: iam.IGrantable,
  allowed: readonly AllowedAction[],
  { bucket, prefix, encryptionKey }: ReturnType<typeof toLocation>,
  owner?: string,
): void {
  const conditions = { StringEquals: { 'aws:ResourceAccount': owner ?? bucket.env.account } };
  const actions = allowed.filter((action) => typeof action === 'string');
  const limited = allowed.filter((action) => typeof action !== 'string');
  const onKey = actions.filter((action) => action.startsWith('kms:'));
  const onBucket = actions.filter((action) => BUCKET_ACTIONS.has(action));
  const onObjects = actions.filter((action) => action.startsWith('s3:') && !BUCKET_ACTIONS.has(action));
  // a name that CloudFormation fills in stays as it is
  const folder = bucket.arnForObjects(`${Token.isUnresolved(prefix) ? prefix : literally(prefix)}*`);
  if (onBucket.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onBucket, resourceArns: [bucket.bucketArn], conditions });
  }
  if (onObjects.length > 0)
    iam.Grant.addToPrincipal({ grantee, actions: onObjects, resourceArns: [folder], conditions });
  for (const limit of limited) grantWithin(grantee, limit, folder, conditions);
  if (onKey.length > 0) encryptionKey?.grant(grantee, ...onKey);
}

/** On exactly this distribution. An execution that may set other fields may also wait. */
function grantInvalidation(
  grantee: lambda.Function,
  { input, mayOverride = [] }: SyncMirror,
  { distribution: actions, distributionToWait }: NonNullable<SyncTask['toInvalidate']>,
): void {
  if (!input?.invalidate) return;
  const { distribution, wait } = input.invalidate;
  const mayWait = wait === true || mayOverride.includes('invalidate');
  const resource = { service: 'cloudfront', region: '', resource: 'distribution', resourceName: distribution };
  iam.Grant.addToPrincipal({
    grantee,
    actions: [...actions, ...(mayWait ? distributionToWait : [])],
    resourceArns: [Stack.of(grantee).formatArn(resource)],
  });
}

function grantWithin(
  grantee: iam.IGrantable,
  { action, name, condition = {} }: LimitedAction,
  folder: string,
  { StringEquals }: { readonly StringEquals: Readonly<Record<string, string>> },
): void {
  const resource = name === undefined ? folder : `${folder}${name}*`;
  const conditions = { ...condition, StringEquals: { ...condition.StringEquals, ...StringEquals } };
  iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [resource], conditions });
}
