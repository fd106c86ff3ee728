import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  HeadBucketCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketTaggingCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Resource } from './journal';
import { statusOf } from './outcome';

type Bucket = Pick<Resource, 'name' | 'region'>;

/** Creates a bucket, and never uses one that already exists. @param make  notes it before it is made */
export async function makeBucket(
  client: S3Client,
  { name, region }: Bucket,
  make: (resource: Resource, create: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  const isFree = (await statusOf(client.send(new HeadBucketCommand({ Bucket: name })))) === '404';
  if (!isFree) throw new Error(`Expected no bucket to have the name ${name}, but there is one`);
  const isFirstRegion = region === 'us-east-1'; // us-east-1 has no location
  const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
  const command = new CreateBucketCommand({ Bucket: name, ...(!isFirstRegion && { CreateBucketConfiguration }) });
  await make({ kind: 'bucket', name, region }, () => client.send(command));
}

/** Tags a bucket with its purpose, and lets S3 empty it within a day. Not every server supports this. */
export async function labelBucket(client: S3Client, Bucket: string, proof: string): Promise<void> {
  const rule = {
    ID: 'bucketsync-prove',
    Status: 'Enabled' as const,
    Filter: { Prefix: '' },
    Expiration: { Days: 1 },
    NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
  const TagSet = [{ Key: 'bucketsync-prove', Value: proof }];
  const done = await Promise.allSettled([
    client.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } })),
    client.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules: [rule] } })),
  ]);
  for (const result of done) {
    if (result.status === 'rejected' && (result.reason as Error).name !== 'NotImplemented') throw result.reason;
  }
}
