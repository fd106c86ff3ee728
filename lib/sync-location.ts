import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { syncInputSchema } from '../statemachine/sync-input';

/** A bucket, or a folder of it, that executions may use. */
export interface SyncLocation {
  /**
   * Own or imported, also of another Region. Import a bucket of another account with
   * `Bucket.fromBucketAttributes(…, { bucketName, account })`: no other account may own it.
   */
  readonly bucket: s3.IBucket;

  /**
   * Folder to which an execution is limited; `site` means `site/`.
   *
   * @default the whole bucket
   */
  readonly prefix?: string;

  /**
   * Key that the objects are encrypted with, if it is not one of AWS's own.
   *
   * @default the bucket's `encryptionKey`, which a bucket that is imported by its name does not know
   */
  readonly encryptionKey?: kms.IKey;
}

/** A bucket as it is, or with what has to be said about it. */
export type BucketOrLocation = s3.IBucket | SyncLocation;

/** The same with nothing left open but the key of a bucket that has none. */
export function toLocation(place: BucketOrLocation): SyncLocation & { readonly prefix: string } {
  const location = 'bucketArn' in place ? { bucket: place } : place;
  return {
    bucket: location.bucket,
    prefix: syncInputSchema.shape.prefix.parse(location.prefix),
    encryptionKey: location.encryptionKey ?? location.bucket.encryptionKey,
  };
}
