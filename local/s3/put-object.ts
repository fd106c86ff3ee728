import { readAcl } from './acl';
import type { Bucket } from './bucket';
import { type Answer, type Call, versionHeader } from './call';
import { checksumHeader, checksumValue, type Headers, sentChecksum, verifyBody } from './checksums';
import { checkWrite } from './conditions';
import { encryptionHeaders, readEncryption } from './encryption';
import { invalidRequest, S3Error } from './errors';
import { readMetadata } from './metadata';
import { readLock } from './object-lock';
import { eTagOf, quoted, type WriteAttributes } from './object-version';
import { readTagsHeader } from './tags';
import { useKey } from './use-key';

export async function putObject(call: Call): Promise<Answer> {
  const { bucket, key } = call;
  const attributes = readAttributes(bucket, call.headers);
  const { body, headers } = await call.readBody();
  if (bucket.objectLock && headers['content-md5'] === undefined && !sentChecksum(headers)) {
    throw invalidRequest(
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock',
    );
  }
  const checksum = await verifyBody(headers, body);
  await checksumValue(checksum, body);
  checkWrite(headers, key, bucket.current(key));
  const version = bucket.add({ ...attributes, key, body, checksum, eTag: eTagOf(body, attributes.encryption) });
  return {
    status: 200,
    headers: {
      etag: quoted(version.eTag),
      [checksumHeader(checksum.algorithm)]: checksum.value,
      'x-amz-checksum-type': checksum.type,
      ...encryptionHeaders(version.encryption),
      ...versionHeader(bucket, version.versionId),
    },
  };
}

/** What the headers of PutObject and CreateMultipartUpload say about the new object. */
export function readAttributes(bucket: Bucket, headers: Headers): WriteAttributes {
  const tags = readTagsHeader(headers['x-amz-tagging']);
  if (tags.length > 0) bucket.authorize('s3:PutObjectTagging');
  const encryption = readEncryption(headers, bucket.encryption);
  useKey(bucket, encryption, 'kms:GenerateDataKey');
  return {
    metadata: readMetadata(headers),
    tags,
    storageClass: readStorageClass(headers),
    encryption,
    websiteRedirect: headers['x-amz-website-redirect-location'],
    acl: readAcl(bucket, headers),
    lock: readLock(headers, bucket.objectLock),
  };
}

const STORAGE_CLASSES = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'DEEP_ARCHIVE',
  'GLACIER_IR',
];

/** STANDARD unless the request sets it. A copy does not inherit it either. */
export function readStorageClass(headers: Headers): string {
  const storageClass = headers['x-amz-storage-class'] ?? 'STANDARD';
  if (!STORAGE_CLASSES.includes(storageClass)) {
    throw new S3Error(400, 'InvalidStorageClass', 'The storage class you specified is not valid', {
      StorageClassRequested: storageClass,
    });
  }
  return storageClass;
}
