import type { _Object, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { ListingError } from '../../statemachine/errors';
import type { ListedObject, ObjectPage } from '../engine/object-store';

const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/**
 * Turns S3's answer, asked for with `EncodingType=url`, into a page of relative keys.
 *
 * @throws ListingError  the answer is not what a listing of `prefix` must look like; it must not be compared
 */
export function readListPage(answer: ListObjectsV2CommandOutput, bucket: string, prefix: string): ObjectPage {
  if (answer.EncodingType !== 'url') throw broken(bucket, 'EncodingType', answer.EncodingType);
  if (answer.IsTruncated === undefined) throw broken(bucket, 'IsTruncated', undefined);
  const contents = answer.Contents ?? [];
  if (answer.KeyCount !== undefined && answer.KeyCount !== contents.length) {
    throw broken(bucket, `KeyCount (of ${contents.length} keys)`, answer.KeyCount);
  }
  if (answer.IsTruncated && !answer.NextContinuationToken) throw broken(bucket, 'NextContinuationToken', undefined);
  return {
    objects: contents.map((entry) => readEntry(entry, bucket, prefix)),
    ...(answer.IsTruncated && { next: answer.NextContinuationToken }),
  };
}

function readEntry(entry: _Object, bucket: string, prefix: string): ListedObject {
  const { ETag, LastModified, Size } = entry;
  const key = decodeKey(entry.Key, bucket);
  if (!key.startsWith(prefix)) throw broken(bucket, `a key below ${JSON.stringify(prefix)}`, key);
  if (ETag === undefined) throw broken(bucket, `ETag of ${JSON.stringify(key)}`, ETag);
  if (Size === undefined) throw broken(bucket, `Size of ${JSON.stringify(key)}`, Size);
  if (LastModified === undefined) throw broken(bucket, `LastModified of ${JSON.stringify(key)}`, LastModified);
  const storageClass = entry.StorageClass ?? 'STANDARD';
  const restored = entry.RestoreStatus?.RestoreExpiryDate !== undefined && !entry.RestoreStatus.IsRestoreInProgress;
  return {
    key: key.slice(prefix.length),
    sizeBytes: Size,
    eTag: unquote(ETag),
    lastModified: LastModified.getTime(),
    storageClass,
    archived: ARCHIVE_CLASSES.has(storageClass) && !restored,
    ...readChecksum(entry),
  };
}

function readChecksum({ ChecksumAlgorithm, ChecksumType }: _Object): Pick<ListedObject, 'checksum'> {
  const algorithm = ChecksumAlgorithm?.[0];
  return algorithm && ChecksumType ? { checksum: { algorithm, type: ChecksumType } } : {};
}

/** In a list a space is `+`, as in a form; the SDK does not decode keys. */
function decodeKey(encoded: string | undefined, bucket: string): string {
  if (encoded === undefined) throw broken(bucket, 'Key', encoded);
  try {
    return encoded.includes('%') || encoded.includes('+') ? decodeURIComponent(encoded.replaceAll('+', ' ')) : encoded;
  } catch {
    throw broken(bucket, 'a URL-encoded key', encoded);
  }
}

export function unquote(eTag: string): string {
  return eTag.replaceAll('"', '');
}

function broken(bucket: string, expected: string, got: unknown): ListingError {
  return new ListingError(
    `Expected ${expected} in the listing of s3://${bucket}, got ${JSON.stringify(got) ?? 'nothing'}`,
  );
}
