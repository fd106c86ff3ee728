import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ReportBucket } from './report-bucket';

export interface ReportsStackProps extends StackProps {
  /**
   * How long the report of a run is kept.
   *
   * @default 90 days
   */
  readonly reportDays?: number;
}

/** The report bucket that the mirrors of a config file share, in a stack of its own, so that each of them can be destroyed alone. */
export class ReportsStack extends Stack {
  readonly bucket: s3.IBucket;

  constructor(scope: Construct, id: string, { reportDays, ...props }: ReportsStackProps = {}) {
    super(scope, id, { description: 'The reports of all mirrors of bucketsync', ...props });
    const retention = reportDays === undefined ? undefined : Duration.days(reportDays);
    this.bucket = new ReportBucket(this, 'ReportBucket', { retention }).bucket;
    // Exported even while no mirror uses them: CloudFormation takes back no export that a deployed stack imports.
    this.exportValue(this.bucket.bucketName);
    this.exportValue(this.bucket.bucketArn);
    new CfnOutput(this, 'ReportBucketName', { value: this.bucket.bucketName });
  }
}
