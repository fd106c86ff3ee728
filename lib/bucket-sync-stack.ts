import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { BucketSync } from './bucket-sync';

export interface BucketSyncStackProps extends StackProps {
  /** Name of the bucket that is read. It must exist. */
  readonly source: string;

  /** Name of the bucket that is made equal to the source. It must exist. */
  readonly destination: string;
}

/** One mirror between two buckets that exist already. */
export class BucketSyncStack extends Stack {
  constructor(scope: Construct, id: string, { source, destination, ...props }: BucketSyncStackProps) {
    super(scope, id, { description: `Mirrors the S3 bucket ${source} into ${destination}`, ...props });
    const sync = new BucketSync(this, 'BucketSync', {
      sources: [s3.Bucket.fromBucketName(this, 'Source', source)],
      destinations: [s3.Bucket.fromBucketName(this, 'Destination', destination)],
    });
    const { stateMachineArn } = sync.stateMachine;
    const input = JSON.stringify({ source, destination });

    new CfnOutput(this, 'StateMachineArn', { value: stateMachineArn });
    new CfnOutput(this, 'ReportBucketName', { value: sync.reportBucket.bucketName });
    new CfnOutput(this, 'StartCommand', {
      description: 'Mirrors the bucket once',
      value: `aws stepfunctions start-execution --region ${this.region} --state-machine-arn ${stateMachineArn} --input '${input}'`,
    });
  }
}
