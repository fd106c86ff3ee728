import { readAcl } from './acl';
import { type Answer, answerOf, type Call, versionHeader } from './call';
import { type Checksum, checksumElement, checksumValue, type Headers, parseAlgorithm } from './checksums';
import { checkWrite } from './conditions';
import { encryptionHeaders, readEncryption } from './encryption';
import { invalidArgument, invalidRequest } from './errors';
import { type CopySource, findCopySource } from './find-copy-source';
import { readMetadata } from './metadata';
import { readLock } from './object-lock';
import { eTagOf, type NewVersion, type ObjectVersion, quoted } from './object-version';
import { readStorageClass } from './put-object';
import { NO_TAGS, readTagsHeader, type Tags } from './tags';
import { useKey } from './use-key';
import { element, s3Document } from './xml';

const MOST_COPY_BYTES = 5 * 1024 ** 3;

export async function copyObject(call: Call): Promise<Answer> {
  const { bucket, key, headers } = call;
  const source = findCopySource(call);
  if (source.version.body.length > MOST_COPY_BYTES) {
    throw invalidRequest(
      'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120',
    );
  }
  refuseSelfCopy(call, source);
  const content = copyOf(call, source);
  await checksumValue(content.checksum, content.body);
  checkWrite(headers, key, bucket.current(key));
  const version = bucket.add(content);
  return answerOf('CopyObject', version, () => copyResultXml('CopyObjectResult', version), {
    ...encryptionHeaders(version.encryption),
    ...versionHeader(bucket, version.versionId),
    'x-amz-copy-source-version-id': versionHeader(source.bucket, source.version.versionId)['x-amz-version-id'],
  });
}

type CopyResult = Pick<ObjectVersion, 'eTag' | 'lastModified'> & { readonly checksum?: Checksum };

/** `CopyObjectResult` and `CopyPartResult`. */
export function copyResultXml(name: string, copy: CopyResult): string {
  return s3Document(
    name,
    [
      element('LastModified', copy.lastModified.toISOString()),
      element('ETag', quoted(copy.eTag)),
      copy.checksum ? checksumXml(copy.checksum) : '',
    ].join(''),
  );
}

function checksumXml({ algorithm, type, value }: Checksum): string {
  return element('ChecksumType', type) + element(checksumElement(algorithm), value);
}

/** The copy as the request describes it: one piece with the source's content. */
function copyOf(call: Call, source: CopySource): NewVersion {
  const { bucket, key, headers } = call;
  const { version } = source;
  const replaced = directive(headers, 'x-amz-metadata-directive') === 'REPLACE';
  const encryption = readEncryption(headers, bucket.encryption);
  useKey(bucket, encryption, 'kms:GenerateDataKey');
  return {
    key,
    body: version.body,
    eTag: eTagOfCopy(version, encryption),
    metadata: replaced ? readMetadata(headers) : version.metadata,
    tags: tagsOfCopy(call, source),
    storageClass: readStorageClass(headers),
    encryption,
    checksum: checksumOfCopy(headers, version),
    websiteRedirect: headers['x-amz-website-redirect-location'],
    acl: readAcl(bucket, headers),
    lock: readLock(headers, bucket.objectLock),
  };
}

/** The source's ETag if it is the content's MD5, which saves computing it again. */
function eTagOfCopy(version: ObjectVersion, encryption: NewVersion['encryption']): string {
  const plain = version.parts === undefined && version.encryption.algorithm === 'AES256';
  return plain && encryption.algorithm === 'AES256' ? version.eTag : eTagOf(version.body, encryption);
}

/** The source's algorithm unless another is asked for, and always of the whole object, as the copy is in one piece. */
function checksumOfCopy(headers: Headers, { checksum }: ObjectVersion): Checksum {
  const algorithm = parseAlgorithm(headers['x-amz-checksum-algorithm']) ?? checksum.algorithm;
  const carried = algorithm === checksum.algorithm && checksum.type === 'FULL_OBJECT';
  return carried ? checksum : { algorithm, type: 'FULL_OBJECT' };
}

function tagsOfCopy({ bucket, headers }: Call, source: CopySource): Tags {
  const replaced = directive(headers, 'x-amz-tagging-directive') === 'REPLACE';
  const tags = replaced ? readTagsHeader(headers['x-amz-tagging']) : source.version.tags;
  if (tags.length === 0) return NO_TAGS;
  if (!replaced) source.bucket.authorize('s3:GetObjectTagging');
  bucket.authorize('s3:PutObjectTagging');
  return tags;
}

function directive(headers: Headers, name: string): string {
  const value = headers[name] ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE') throw invalidArgument('Unknown metadata directive.', name, value);
  return value;
}

/** The changes without which S3 rejects a copy of an object onto itself. */
const CHANGING = [
  'x-amz-storage-class',
  'x-amz-website-redirect-location',
  'x-amz-server-side-encryption',
  'x-amz-checksum-algorithm',
];

function refuseSelfCopy({ bucket, key, headers }: Call, source: CopySource): void {
  const onItself = source.bucket === bucket && source.version === bucket.current(key);
  const changes =
    headers['x-amz-metadata-directive'] === 'REPLACE' || CHANGING.some((header) => headers[header] !== undefined);
  if (onItself && !changes) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
}
