import type { S3Client } from '@aws-sdk/client-s3';
import type { RequestObserver } from '../../engine/ports/request-observer';

/** One side of a run: a folder of a bucket, reached through the client of the bucket's region. */
export interface Side {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  readonly owner: string | undefined;
  /** The requester agrees to pay, for Requester Pays buckets. One header applies to both sides of a copy. */
  readonly requestPayer?: 'requester';
  /** Maximum number of keys on a page. */
  readonly pageSize: number;
  readonly observer: RequestObserver;
  /** Which version of an object requests are about. Absent, or undefined: the latest. */
  readonly versionOf?: ((key: string) => string | undefined) | undefined;
  /** Whose credentials errors are about; absent: both sides have the same. */
  readonly name?: string;
}

/** The members of a request that name an object. @param key  relative */
export function objectOf(
  { bucket, prefix, owner, requestPayer, versionOf }: Omit<Side, 'pageSize' | 'observer'>,
  key: string,
) {
  const VersionId = versionOf?.(key);
  return {
    ...{ Bucket: bucket, Key: `${prefix}${key}`, ExpectedBucketOwner: owner, RequestPayer: requestPayer },
    ...(VersionId !== undefined && { VersionId }),
  };
}
