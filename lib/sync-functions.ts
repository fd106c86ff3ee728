import { Duration, RemovalPolicy, type Size, Stack, Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENVIRONMENT, RANGE_MEMORY_MIB, ROUND_BUDGETS_MS } from '../statemachine/contract';
import { literally } from '../statemachine/policy-text';
import {
  type AllowedAction,
  BUCKET_ACTIONS,
  type LimitedAction,
  SYNC_TASKS,
  type SyncTask,
} from '../statemachine/sync-tasks';
import { createHandlerFunction } from './handler-function';
import { type BucketOrLocation, formatLocation, toLocation } from './sync-location';

export interface SyncFunctionsProps {
  /** Buckets that are read. They are never written to. */
  readonly sources: readonly BucketOrLocation[];

  /** Buckets that are made equal to a source. */
  readonly destinations: readonly BucketOrLocation[];

  /** Where reports and locks are kept. */
  readonly reportBucket: s3.IBucket;

  /** How long the functions' logs are kept. */
  readonly logRetention: logs.RetentionDays;

  /**
   * Memory of the functions that copy and delete.
   *
   * @default 1792 MiB
   */
  readonly memory?: Size;

  /**
   * Whether X-Ray follows the functions.
   *
   * @default true
   */
  readonly tracing?: boolean;
}

/** The functions behind the state machine's Tasks, each with its own role and log group. */
export class SyncFunctions extends Construct {
  /** By the name of their Task. */
  readonly byTask: ReadonlyMap<string, lambda.Function>;

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    const environment = this.createEnvironment(props);
    this.byTask = new Map(SYNC_TASKS.map((task) => [task.name, this.createFunction(task, environment, props)]));
  }

  private createEnvironment({ sources, destinations, reportBucket, memory }: SyncFunctionsProps) {
    const toJson = (places: readonly BucketOrLocation[]) => Stack.of(this).toJsonString(places.map(formatLocation));
    return {
      NODE_OPTIONS: '--enable-source-maps',
      [ENVIRONMENT.reportLocation]: `s3://${reportBucket.bucketName}`,
      [ENVIRONMENT.roundBudgetsMs]: ROUND_BUDGETS_MS.join(','),
      [ENVIRONMENT.allowedSources]: toJson(sources),
      [ENVIRONMENT.allowedDestinations]: toJson(destinations),
      ...(memory && { [ENVIRONMENT.rangeMemoryMib]: String(memory.toMebibytes()) }),
    };
  }

  private createFunction(
    task: SyncTask,
    environment: Record<string, string>,
    props: SyncFunctionsProps,
  ): lambda.Function {
    const logGroup = new logs.LogGroup(this, `${task.name}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const worksOnRanges = task.memoryMiB === RANGE_MEMORY_MIB;
    const handler = createHandlerFunction(this, task.name, {
      description: `Task ${task.name} of the bucketsync state machine`,
      timeout: Duration.seconds(task.timeoutSeconds),
      memorySize: (worksOnRanges && props.memory?.toMebibytes()) || task.memoryMiB,
      tracing: props.tracing === false ? lambda.Tracing.DISABLED : lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      role: this.createRole(task, logGroup),
      environment,
    });
    for (const place of props.sources) grant(handler, task.source, place);
    for (const place of props.destinations) grant(handler, task.destination, place);
    grant(handler, task.reports, { bucket: props.reportBucket, prefix: 'runs' });
    grant(handler, task.locks, { bucket: props.reportBucket, prefix: 'locks' });
    return handler;
  }

  /** Without the managed policy that a function has by default: that one lets it write to every log group. */
  private createRole(task: SyncTask, logGroup: logs.ILogGroup): iam.IRole {
    const role = new iam.Role(this, `${task.name}Role`, {
      description: `Task ${task.name} of the bucketsync state machine`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    return role;
  }
}

/**
 * By hand, because `grantRead` and its like give `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`: far more than is used.
 * Listing is not limited to the folder: where it is, S3 answers 403 and not 404 for an object that is gone.
 */
function grant(grantee: iam.IGrantable, allowed: readonly AllowedAction[], place: BucketOrLocation): void {
  const { bucket, prefix, encryptionKey } = toLocation(place);
  const actions = allowed.filter((action) => typeof action === 'string');
  const limited = allowed.filter((action) => typeof action !== 'string');
  const onKey = actions.filter((action) => action.startsWith('kms:'));
  const onBucket = actions.filter((action) => BUCKET_ACTIONS.has(action));
  const onObjects = actions.filter((action) => action.startsWith('s3:') && !BUCKET_ACTIONS.has(action));
  // A name that CloudFormation fills in is taken as it is.
  const folder = bucket.arnForObjects(`${Token.isUnresolved(prefix) ? prefix : literally(prefix)}*`);
  if (onBucket.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onBucket, resourceArns: [bucket.bucketArn] });
  }
  if (onObjects.length > 0) iam.Grant.addToPrincipal({ grantee, actions: onObjects, resourceArns: [folder] });
  for (const limit of limited) grantWithin(grantee, limit, folder);
  if (onKey.length > 0) encryptionKey?.grant(grantee, ...onKey);
}

function grantWithin(grantee: iam.IGrantable, { action, name, condition }: LimitedAction, folder: string): void {
  const resource = name === undefined ? folder : `${folder}${name}*`;
  iam.Grant.addToPrincipal({ grantee, actions: [action], resourceArns: [resource], conditions: condition });
}
