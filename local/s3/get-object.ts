import type { Body } from './body';
import { type Answer, type Call, versionHeader } from './call';
import { type Checksum, checksumHeader, checksumValue, type Headers } from './checksums';
import { checkRead } from './conditions';
import { encryptionHeaders } from './encryption';
import { invalidObjectState, invalidRange, invalidRequest, S3Error } from './errors';
import { metadataHeaders } from './metadata';
import { lockHeaders } from './object-lock';
import { isArchived, type ObjectVersion, quoted, type Restore } from './object-version';
import { httpRange } from './range';
import { useKey } from './use-key';

export async function getObject(call: Call): Promise<Answer> {
  return readObject(call, true);
}

/** Like GetObject, but without the content. The headers of an archived object can be read. */
export async function headObject(call: Call): Promise<Answer> {
  return readObject(call, false);
}

async function readObject(call: Call, withContent: boolean): Promise<Answer> {
  const version = call.bucket.find(call.key, call.query.get('versionId') ?? undefined);
  if (checkRead(call.headers, version)) {
    return {
      status: 304,
      headers: { etag: quoted(version.eTag), 'last-modified': version.lastModified.toUTCString() },
    };
  }
  if (withContent && isArchived(version)) throw invalidObjectState(version.storageClass);
  if (withContent || call.headers['x-amz-checksum-mode'] !== undefined)
    useKey(call.bucket, version.encryption, 'kms:Decrypt');
  const part = readPart(call, version);
  const headers = {
    ...objectHeaders(call, version),
    ...part.headers,
    ...(await checksumHeaders(call, version, part)),
    'content-length': String(part.body.length),
  };
  return { status: part.headers['content-range'] ? 206 : 200, headers, body: withContent ? part.body : undefined };
}

function objectHeaders(call: Call, version: ObjectVersion): Headers {
  return {
    'accept-ranges': 'bytes',
    'last-modified': version.lastModified.toUTCString(),
    etag: quoted(version.eTag),
    ...metadataHeaders(version.metadata),
    ...encryptionHeaders(version.encryption),
    ...lockHeaders(version.lock),
    ...versionHeader(call.bucket, version.versionId),
    'x-amz-storage-class': version.storageClass === 'STANDARD' ? undefined : version.storageClass,
    'x-amz-tagging-count': version.tags.length > 0 ? String(version.tags.length) : undefined,
    'x-amz-website-redirect-location': version.websiteRedirect,
    'x-amz-restore': restoreHeader(version.restore),
  };
}

function restoreHeader(restore: Restore | undefined): string | undefined {
  if (!restore) return undefined;
  return restore.ongoing || !restore.expires
    ? `ongoing-request="${restore.ongoing}"`
    : `ongoing-request="false", expiry-date="${restore.expires.toUTCString()}"`;
}

interface ReadPart {
  readonly body: Body;
  readonly headers: Headers;
  /** The checksum of this part alone; undefined if it is not known. */
  readonly checksum: Checksum | undefined;
}

/** The whole object, a byte range of it, or one part of a multipart object. */
function readPart(call: Call, version: ObjectVersion): ReadPart {
  const { headers, query } = call;
  const partNumber = query.get('partNumber');
  const whole = { body: version.body, headers: {}, checksum: version.checksum };
  if (partNumber !== null) {
    if (headers.range !== undefined)
      throw invalidRequest('Cannot specify both Range header and partNumber query parameter');
    return partOf(version, Number(partNumber)) ?? whole;
  }
  const range = httpRange(headers.range, version.body.length);
  if (range === undefined) return whole;
  if (range === 'unsatisfiable') throw invalidRange(headers.range ?? '', version.body.length);
  return { ...sliceOf(version, range.start, range.end), checksum: undefined };
}

function partOf(version: ObjectVersion, partNumber: number): ReadPart | undefined {
  const parts = version.parts ?? [{ partNumber: 1, sizeBytes: version.body.length, checksum: undefined }];
  const index = parts.findIndex((part) => part.partNumber === partNumber);
  const part = parts[index];
  if (!part) {
    throw new S3Error(416, 'InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      PartNumberRequested: String(partNumber),
      ActualPartCount: String(parts.length),
    });
  }
  if (version.body.length === 0) return undefined;
  const start = parts.slice(0, index).reduce((sum, before) => sum + before.sizeBytes, 0);
  const slice = sliceOf(version, start, start + part.sizeBytes);
  const count = version.parts ? { 'x-amz-mp-parts-count': String(parts.length) } : {};
  const checksum = version.parts ? partChecksum(version, part.checksum) : version.checksum;
  return { body: slice.body, headers: { ...slice.headers, ...count }, checksum };
}

/** Shown for composite checksums only. */
function partChecksum({ checksum, parts }: ObjectVersion, value: string | undefined): Checksum | undefined {
  if (parts?.length === 1 && checksum.type === 'FULL_OBJECT') return checksum;
  return checksum.type === 'COMPOSITE' && value !== undefined ? { ...checksum, value } : undefined;
}

function sliceOf(version: ObjectVersion, start: number, end: number): { body: Body; headers: Headers } {
  return {
    body: version.body.slice(start, end),
    headers: { 'content-range': `bytes ${start}-${end - 1}/${version.body.length}` },
  };
}

async function checksumHeaders(call: Call, version: ObjectVersion, part: ReadPart): Promise<Headers> {
  if (call.headers['x-amz-checksum-mode']?.toUpperCase() !== 'ENABLED' || !part.checksum) return {};
  return {
    [checksumHeader(part.checksum.algorithm)]: await checksumValue(part.checksum, version.body),
    'x-amz-checksum-type': part.checksum.type,
  };
}
