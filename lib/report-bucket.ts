import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';

export interface ReportBucketProps {
  /**
   * How long to keep the report of a run. If somebody deletes or replaces a report, it is kept for another 30 days.
   *
   * @default 90 days
   */
  readonly retention?: Duration;

  /**
   * What happens to the bucket when it leaves the stack.
   *
   * @default it stays, because the reports say what was deleted and when
   */
  readonly removalPolicy?: RemovalPolicy;
}

export const STRAY_REPORT_KEY =
  'Expected `reportBucket` together with `reportKey`, got none: a new report bucket is encrypted with keys of S3';

/**
 * The bucket for reports and locks: encrypted, TLS only, not public, versioned; reports expire.
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
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      versioned: true,
      lifecycleRules: [
        // only reports, because a lock must not expire while a run holds it
        {
          prefix: 'runs/',
          expiration: props.retention ?? Duration.days(90),
          noncurrentVersionExpiration: Duration.days(30),
        },
        // each run writes and deletes one lock
        { prefix: 'locks/', expiredObjectDeleteMarker: true, noncurrentVersionExpiration: Duration.days(1) },
        // each run that requires them writes them again, so only those of removed mirrors expire
        { prefix: 'evidence/', expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) },
        // an orphan may wait for longer than any report is kept, so what says since when does not expire
        { prefix: 'grace/', expiredObjectDeleteMarker: true, noncurrentVersionExpiration: Duration.days(1) },
        // for other servers; a run asks again after a month anyway
        ...['lacks/', 'uploads/'].map((prefix) => ({
          ...{ prefix, expiration: Duration.days(60), noncurrentVersionExpiration: Duration.days(1) },
        })),
        { abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
    });
  }
}
