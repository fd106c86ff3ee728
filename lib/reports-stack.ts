import { CfnOutput, Duration, type RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ReportBucket } from './report-bucket';

export interface ReportsStackProps extends StackProps {
  /**
   * How long to keep the report of a run.
   *
   * @default 90 days
   */
  readonly reportDays?: number;

  /**
   * What happens to the bucket when the stack is destroyed.
   *
   * @default it stays
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The report bucket that the mirrors of a config file share. It has its own stack, so that each mirror can be destroyed alone. */
export class ReportsStack extends Stack {
  readonly bucket: s3.IBucket;

  constructor(scope: Construct, id: string, { reportDays, removalPolicy, ...props }: ReportsStackProps = {}) {
    super(scope, id, { description: 'The reports of all mirrors of bucketsync', ...props });
    const retention = reportDays === undefined ? undefined : Duration.days(reportDays);
    this.bucket = new ReportBucket(this, 'ReportBucket', { retention, removalPolicy }).bucket;
    // always exported, because CloudFormation cannot remove an export that a deployed stack imports
    this.exportValue(this.bucket.bucketName);
    this.exportValue(this.bucket.bucketArn);
    new CfnOutput(this, 'ReportBucketName', { value: this.bucket.bucketName });
  }
}
