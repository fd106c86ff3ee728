import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface ReportBucketProps {
  /**
   * How long the report of a run is kept. A report that somebody deletes or replaces is kept for another 30 days.
   *
   * @default 90 days
   */
  readonly retention?: Duration;
}

export const STRAY_REPORT_KEY =
  'Expected `reportBucket` beside `reportKey`, got none: a new report bucket is encrypted with keys of S3';

/**
 * Where reports and locks are kept: encrypted, TLS only, not public, versioned, reports expire.
 * It outlives the stack, because the reports say what was deleted and when.
 */
export class ReportBucket extends Construct {
  readonly bucket: s3.Bucket;

  constructor(scope: Construct, id: string, props: ReportBucketProps = {}) {
    super(scope, id);
    this.bucket = new s3.Bucket(this, 'Resource', {
      encryption: s3.BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      versioned: true,
      lifecycleRules: [
        // Reports only: a lock must not expire under a run that holds it.
        {
          prefix: 'runs/',
          expiration: props.retention ?? Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
        },
        // Each run writes and deletes one.
        { prefix: 'locks/', expiredObjectDeleteMarker: true, noncurrentVersionExpiration: Duration.days(1) },
        // Written anew by each run that needs it; that of a mirror which is gone has to go, too.
        { prefix: 'evidence/', expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) },
        // Of other servers; asked again after a month anyway.
        ...['lacks/', 'uploads/'].map((prefix) => ({
          ...{ prefix, expiration: Duration.days(60), noncurrentVersionExpiration: Duration.days(1) },
        })),
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }
}
