import { join } from 'node:path';
import { CustomResource, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BucketSync } from './bucket-sync';
import { addOutputs } from './bucket-sync-stack';
import { HANDLER_BUNDLING } from './handler-function';
import type { SyncNotifications } from './sync-notifications';

const ROOT = join(__dirname, '..');

export interface DemoStackProps extends StackProps {
  /**
   * Makes what gets the messages about runs.
   *
   * @default nobody gets any
   */
  readonly notify?: (stack: Stack) => SyncNotifications;
}

/**
 * A staging bucket with a web site, an empty production bucket, and the mirror between them. All are deleted with the stack.
 */
export class DemoStack extends Stack {
  readonly sync: BucketSync;
  readonly #content: lambda.Function;

  constructor(scope: Construct, id: string, { notify, ...props }: DemoStackProps = {}) {
    super(scope, id, { description: 'A demo of bucketsync with buckets of its own', ...props });
    this.#content = this.createContentFunction();
    const staging = this.createBucket('Staging', { filled: true });
    const production = this.createBucket('Production');
    const reportBucket = this.createBucket('Reports');
    this.sync = new BucketSync(this, 'BucketSync', {
      mirrors: [{ source: { bucket: staging }, destination: { bucket: production } }],
      reportBucket,
      ...(notify && { notifications: notify(this) }),
    });
    addOutputs(this, this.sync);
  }

  private createBucket(id: string, { filled = false } = {}): s3.Bucket {
    const bucket = new s3.Bucket(this, id, {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy: RemovalPolicy.DESTROY,
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    const grants = [
      this.allow(['s3:ListBucket'], bucket.bucketArn),
      this.allow(
        ['s3:DeleteObject', ...(filled ? ['s3:PutObject', 's3:PutObjectTagging'] : [])],
        `${bucket.bucketArn}/*`,
      ),
    ];
    const content = new CustomResource(bucket, 'Content', {
      resourceType: 'Custom::BucketContent',
      serviceToken: this.#content.functionArn,
      properties: { Bucket: bucket.bucketName, Fill: String(filled) },
    });
    for (const grant of grants) grant.applyBefore(content);
    return bucket;
  }

  private allow(actions: string[], resource: string): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee: this.#content, actions, resourceArns: [resource] });
  }

  /** About 5,000 objects, 130 MB. */
  private createContentFunction(): lambda.Function {
    const logGroup = new logs.LogGroup(this, 'ContentLogs', {
      retention: logs.RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new iam.Role(this, 'ContentRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    return new NodejsFunction(this, 'ContentFunction', {
      description: 'Fills the staging bucket of the demo, and empties its buckets in the end',
      entry: join(ROOT, 'local', 'demo', 'bucket-content.ts'),
      handler: 'handler',
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      timeout: Duration.minutes(10),
      memorySize: 1024,
      logGroup,
      role,
      bundling: HANDLER_BUNDLING,
    });
  }
}
