import { Intrinsic, Token } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The longest name that CDK accepts. */
const LONGEST_NAME = 63;

/** A bucket name that CDK accepts only as a value that CloudFormation fills in. */
export class LongName extends Intrinsic {
  constructor(readonly bucketName: string) {
    super(bucketName);
  }
}

/** Imports a bucket by its name. Until 2018, names in us-east-1 had up to 255 characters. */
export function importBucket(scope: Construct, id: string, name: string): s3.IBucket {
  const isLong = !Token.isUnresolved(name) && name.length > LONGEST_NAME;
  return s3.Bucket.fromBucketName(scope, id, isLong ? Token.asString(new LongName(name)) : name);
}
