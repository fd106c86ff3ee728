import type { GetObjectCommandOutput, HeadObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ObjectAttributes, ObjectHead } from '../../engine/ports/bucket-reader';
import { archiveState } from '../answers/archive-state';
import { unquote } from '../answers/etag';
import { readChecksums } from './checksums';

/** Whether a KMS key encrypts the object, so that its ETag is not an MD5. */
export function hasOpaqueETag({
  SSECustomerAlgorithm: customer,
  ServerSideEncryption: encryption,
}: Pick<HeadObjectCommandOutput, 'SSECustomerAlgorithm' | 'ServerSideEncryption'>): boolean {
  return customer !== undefined || (encryption?.startsWith('aws:kms') ?? false);
}

/** The headers of an object in the answer to HEAD or GET. */
export function readHead(answer: HeadObjectCommandOutput | GetObjectCommandOutput): ObjectHead {
  const storageClass = answer.StorageClass ?? 'STANDARD';
  return {
    sizeBytes: answer.ContentLength ?? 0,
    ...(answer.ContentLength === undefined && { isSizeHidden: true }),
    eTag: unquote(answer.ETag ?? ''),
    lastModified: answer.LastModified?.getTime() ?? 0,
    storageClass,
    ...archiveState(storageClass, readRestore(answer.Restore)),
    attributes: readAttributes(answer),
    opaqueETag: hasOpaqueETag(answer),
    checksums: answer.ChecksumType === 'FULL_OBJECT' ? readChecksums(answer) : {},
    ...(answer.ChecksumType === 'COMPOSITE' && { composites: readChecksums(answer) }),
    tagCount: answer.TagCount ?? 0,
    versionId: answer.VersionId,
    kmsKeyId: answer.SSEKMSKeyId,
  };
}

/** `ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"` */
function readRestore(restore = '') {
  const isOngoing = restore.includes('ongoing-request="true"');
  return { isOngoing, isRestored: !isOngoing && restore.includes('expiry-date=') };
}

export function readAttributes(answer: HeadObjectCommandOutput): ObjectAttributes {
  return {
    contentType: answer.ContentType,
    cacheControl: answer.CacheControl,
    contentDisposition: answer.ContentDisposition,
    contentEncoding: withoutChunks(answer.ContentEncoding),
    contentLanguage: answer.ContentLanguage,
    expires: answer.ExpiresString,
    websiteRedirect: answer.WebsiteRedirectLocation,
    metadata: answer.Metadata ?? {},
    hiddenMetadata: answer.MissingMeta,
  };
}

/** How an SDK once sent the object. S3 does not keep that, but other servers do, and would decode what is sent with it. */
function withoutChunks(encoding: string | undefined): string | undefined {
  if (!encoding?.includes('aws-chunked')) return encoding;
  const others = encoding.split(',').filter((name) => name.trim() !== 'aws-chunked');
  return others.join(',').trim() || undefined;
}
