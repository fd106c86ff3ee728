import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../statemachine/contract';
import { BUCKET_ACTIONS, SYNC_TASKS, type SyncTask } from '../statemachine/sync-tasks';

const PACKAGE_ROOT = join(__dirname, '..');

// Growing, so that a small bucket is done in round one and work that is left is split soon; the last one leaves
// a Lambda of 15 minutes time to finish what it has begun.
const ROUND_BUDGETS_MS = [5_000, 20_000, 60_000, 240_000, 600_000];

export interface SyncFunctionsProps {
  /** Buckets that are read. They are never written to. */
  readonly sources: readonly s3.IBucket[];

  /** Buckets that are made equal to a source. */
  readonly destinations: readonly s3.IBucket[];

  /** Where reports and locks are kept. */
  readonly reportBucket: s3.IBucket;

  /** How long the functions' logs are kept. */
  readonly logRetention: logs.RetentionDays;
}

/** The functions behind the state machine's Tasks, each with its own role and log group. */
export class SyncFunctions extends Construct {
  /** By the name of their Task. */
  readonly byTask: ReadonlyMap<string, lambda.IFunction>;

  constructor(scope: Construct, id: string, props: SyncFunctionsProps) {
    super(scope, id);
    this.byTask = new Map(SYNC_TASKS.map((task) => [task.name, this.createFunction(task, props)]));
  }

  private createFunction(task: SyncTask, props: SyncFunctionsProps): lambda.IFunction {
    const logGroup = new logs.LogGroup(this, `${task.name}Logs`, {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const handler = new NodejsFunction(this, task.name, {
      description: `Task ${task.name} of the bucketsync state machine`,
      entry: join(PACKAGE_ROOT, 'lambdas', 'handlers', `${toKebabCase(task.name)}.ts`),
      handler: 'handler',
      projectRoot: PACKAGE_ROOT,
      depsLockFilePath: join(PACKAGE_ROOT, 'package-lock.json'),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: Duration.seconds(task.timeoutSeconds),
      memorySize: task.memoryMiB,
      tracing: lambda.Tracing.ACTIVE,
      loggingFormat: lambda.LoggingFormat.JSON,
      logGroup,
      role: this.createRole(task, logGroup),
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        [ENVIRONMENT.reportLocation]: `s3://${props.reportBucket.bucketName}`,
        [ENVIRONMENT.roundBudgetsMs]: ROUND_BUDGETS_MS.join(','),
      },
      bundling: {
        format: OutputFormat.CJS,
        target: 'node24',
        // The SDK's ES modules, so that what a handler does not use is left out.
        mainFields: ['module', 'main'],
        // The SDK that is tested is the one that runs, whatever version the runtime carries.
        externalModules: [],
        minify: true,
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
      },
    });
    for (const bucket of props.sources) grantS3(handler, bucket, task.source);
    for (const bucket of props.destinations) grantS3(handler, bucket, task.destination);
    grantS3(handler, props.reportBucket, task.reports, 'runs/*');
    grantS3(handler, props.reportBucket, task.locks, 'locks/*');
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

/** By hand, because `grantRead` and its like give `s3:GetObject*`, `s3:GetBucket*` and `s3:List*`: far more than is used. */
function grantS3(grantee: iam.IGrantable, bucket: s3.IBucket, actions: readonly string[], keys = '*'): void {
  const onKey = actions.filter((action) => action.startsWith('kms:'));
  const onBucket = actions.filter((action) => BUCKET_ACTIONS.has(action));
  const onObjects = actions.filter((action) => action.startsWith('s3:') && !BUCKET_ACTIONS.has(action));
  if (onBucket.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onBucket, resourceArns: [bucket.bucketArn] });
  }
  if (onObjects.length > 0) {
    iam.Grant.addToPrincipal({ grantee, actions: onObjects, resourceArns: [bucket.arnForObjects(keys)] });
  }
  if (onKey.length > 0) bucket.encryptionKey?.grant(grantee, ...onKey);
}

function toKebabCase(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, '-$&').toLowerCase();
}
