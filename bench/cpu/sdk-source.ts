import { type _Object, ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { ListedObject, ObjectPage, PageRequest } from '../../lambdas/engine/ports/bucket-reader';
import { S3Source } from '../../lambdas/s3/buckets/s3-source';
import type { Side } from '../../lambdas/s3/buckets/side';
import { ListingError } from '../../statemachine/errors';

/** A side whose list pages are read as the SDK reads them: what the scanner of list pages is measured and tested against. */
export class SdkSource extends S3Source {
  constructor(private readonly parsed: Side) {
    super(parsed);
  }

  override async listPage({ startAfter, continuation, maxKeys }: PageRequest): Promise<ObjectPage> {
    const { client, bucket, prefix, pageSize } = this.parsed;
    this.parsed.observer.counters.list += 1;
    return listBySdk(client, {
      bucket,
      prefix,
      startAfter: startAfter === undefined ? undefined : `${prefix}${startAfter}` || undefined,
      continuation,
      maxKeys: Math.min(maxKeys ?? pageSize, pageSize),
    });
  }
}

export interface SdkListing {
  readonly bucket: string;
  readonly prefix: string;
  readonly startAfter?: string;
  readonly continuation?: string;
  readonly maxKeys?: number;
}

/** @throws ListingError  the answer is not what a listing of the prefix must look like */
export async function listBySdk(client: S3Client, listing: SdkListing): Promise<ObjectPage> {
  const { bucket, prefix, startAfter, continuation, maxKeys } = listing;
  const answer = await client.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix || undefined,
      StartAfter: startAfter,
      ContinuationToken: continuation,
      MaxKeys: maxKeys,
      EncodingType: 'url',
      OptionalObjectAttributes: ['RestoreStatus'],
    }),
  );
  return toPage(answer, prefix);
}

function toPage(answer: ListObjectsV2CommandOutput, prefix: string): ObjectPage {
  const { Contents = [], EncodingType, IsTruncated, KeyCount, NextContinuationToken } = answer;
  if (EncodingType !== 'url' || IsTruncated === undefined || (IsTruncated && !NextContinuationToken)) {
    throw new ListingError('The answer is no list page');
  }
  if (KeyCount !== undefined && KeyCount !== Contents.length)
    throw new ListingError('KeyCount is not that of the keys');
  return {
    objects: Contents.map((entry) => toObject(entry, prefix)),
    next: IsTruncated ? NextContinuationToken : undefined,
  };
}

function toObject(entry: _Object, prefix: string): ListedObject {
  const { Key = '', ETag, LastModified, Size, StorageClass = 'STANDARD', RestoreStatus } = entry;
  const key = decodeURIComponent(Key.replaceAll('+', ' '));
  if (!key.startsWith(prefix) || ETag === undefined || Size === undefined || LastModified === undefined) {
    throw new ListingError('The answer has an incomplete entry');
  }
  const restored = RestoreStatus?.RestoreExpiryDate !== undefined && !RestoreStatus.IsRestoreInProgress;
  const archived = ['GLACIER', 'DEEP_ARCHIVE'].includes(StorageClass) && !restored;
  const algorithm = entry.ChecksumAlgorithm?.[0];
  return {
    key: key.slice(prefix.length),
    sizeBytes: Size,
    eTag: ETag.replaceAll('"', ''),
    lastModified: LastModified.getTime(),
    storageClass: StorageClass,
    isClassUnlisted: entry.StorageClass === undefined || undefined,
    archived,
    restoring: (archived && RestoreStatus?.IsRestoreInProgress) || undefined,
    checksum: algorithm && entry.ChecksumType ? { algorithm, type: entry.ChecksumType } : undefined,
  };
}
