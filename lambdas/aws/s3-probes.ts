import { GetBucketOwnershipControlsCommand, GetBucketWebsiteCommand } from '@aws-sdk/client-s3';
import type { BucketProbes } from '../engine/bucket-probes';
import { errorCode } from './s3-errors';
import type { Side } from './s3-source';

type BucketSide = Pick<Side, 'client' | 'bucket' | 'owner'>;

export class S3Probes implements BucketProbes {
  constructor(private readonly sides: { readonly source: BucketSide; readonly destination: BucketSide }) {}

  async isWebsite(side: 'source' | 'destination'): Promise<boolean> {
    const { client, bucket, owner } = this.sides[side];
    try {
      await client.send(new GetBucketWebsiteCommand({ Bucket: bucket, ExpectedBucketOwner: owner }));
      return true;
    } catch (error) {
      return errorCode(error) !== 'NoSuchWebsiteConfiguration';
    }
  }

  async usesAcls(): Promise<boolean> {
    const { client, bucket, owner } = this.sides.destination;
    const command = new GetBucketOwnershipControlsCommand({ Bucket: bucket, ExpectedBucketOwner: owner });
    try {
      const { OwnershipControls } = await client.send(command);
      return (OwnershipControls?.Rules ?? []).some(({ ObjectOwnership }) => ObjectOwnership !== 'BucketOwnerEnforced');
    } catch (error) {
      // A bucket of before there was object ownership: the writer owns what it writes.
      return errorCode(error) === 'OwnershipControlsNotFoundError';
    }
  }
}
