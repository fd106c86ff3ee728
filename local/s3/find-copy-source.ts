import type { Bucket } from './bucket';
import type { Call } from './call';
import { checkCopySource } from './conditions';
import { accessDenied, invalidArgument, invalidObjectState, type S3Error } from './errors';
import { isArchived, type ObjectVersion } from './object-version';
import { requirePayer } from './requester-pays';
import { useKey } from './use-key';

/** The object that CopyObject and UploadPartCopy read. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
}

/**
 * Finds the object of `x-amz-copy-source` and checks all its conditions.
 *
 * @throws S3Error NoSuchBucket, NoSuchKey, AccessDenied, PreconditionFailed, InvalidObjectState
 */
export function findCopySource(call: Call): CopySource {
  const { bucketName, key, versionId } = parseCopySource(call.headers['x-amz-copy-source'] ?? '');
  const bucket = call.state.bucket(bucketName);
  requirePayer(bucket, call.headers);
  const owner = call.headers['x-amz-source-expected-bucket-owner'];
  if (owner !== undefined && owner !== bucket.ownerId) throw accessDenied();
  bucket.authorize(versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion');
  const version = bucket.find(key, versionId);
  checkCopySource(call.headers, version);
  if (isArchived(version)) throw invalidObjectState(version.storageClass);
  useKey(bucket, version.encryption, 'kms:Decrypt');
  return { bucket, version };
}

/** `bucket/key`, with or without a slash before it, percent-encoded, with `?versionId=` if any. */
function parseCopySource(header: string): { bucketName: string; key: string; versionId?: string } {
  const [, path = '', versionId] = header.match(/^\/?([^?]*)(?:\?versionId=([^&]+))?$/) ?? [];
  const source = decode(path, header);
  const slash = source.indexOf('/');
  if (slash < 1 || slash === source.length - 1) throw invalidCopySource(header);
  return { bucketName: source.slice(0, slash), key: source.slice(slash + 1), versionId };
}

function decode(path: string, header: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw invalidCopySource(header);
  }
}

function invalidCopySource(header: string): S3Error {
  return invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    header,
  );
}
