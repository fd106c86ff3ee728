import {
  DeleteObjectCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketWebsiteCommand,
  GetObjectCommand,
} from '@aws-sdk/client-s3';
import type { BucketProbes } from '../engine/bucket-probes';
import { AnswerTooLargeError } from './dispatch';
import { errorCode, toStoreError } from './s3-errors';
import type { Side } from './side';

type BucketSide = Pick<Side, 'client' | 'bucket' | 'prefix' | 'owner'>;

/** No object has it. */
const NO_ETAG = `"${'0'.repeat(32)}"`;

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

  async readObject(key: string): Promise<void> {
    const { client, bucket, prefix, owner } = this.sides.source;
    const object = { Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner };
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...object, Range: 'bytes=0-0' }));
      await Body?.transformToByteArray();
    } catch (error) {
      // A server that takes no range has begun to send the whole object.
      if (!(error instanceof AnswerTooLargeError)) throw toStoreError(error);
    }
  }

  /** The condition keeps S3 from making a delete marker of a key that is not there; one made all the same is taken away. */
  async deleteNothing(key: string): Promise<void> {
    const { client, bucket, prefix, owner } = this.sides.destination;
    const object = { Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner };
    try {
      const { DeleteMarker, VersionId } = await client.send(new DeleteObjectCommand({ ...object, IfMatch: NO_ETAG }));
      if (!DeleteMarker || !VersionId) return;
      await client.send(new DeleteObjectCommand({ ...object, VersionId })).catch(() => {}); // takes one more permission
    } catch (error) {
      throw toStoreError(error);
    }
  }
}
