import type { Headers } from './checksums';
import { S3Error } from './errors';

/** The headers of an object by lower-case name, and its user metadata without `x-amz-meta-`. */
export interface Metadata {
  readonly system: Readonly<Record<string, string>>;
  readonly user: Readonly<Record<string, string>>;
}

const SYSTEM_HEADERS = ['cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires'];
const USER_PREFIX = 'x-amz-meta-';
const MOST_USER_BYTES = 2048;

export const DEFAULT_CONTENT_TYPE = 'binary/octet-stream';

/** @throws S3Error MetadataTooLarge */
export function readMetadata(headers: Headers): Metadata {
  const system: Record<string, string> = { 'content-type': headers['content-type'] || DEFAULT_CONTENT_TYPE };
  for (const name of SYSTEM_HEADERS) {
    const value = name === 'content-encoding' ? withoutAwsChunked(headers[name]) : headers[name];
    if (value) system[name] = value;
  }
  const user: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(USER_PREFIX) && value !== undefined)
      user[name.slice(USER_PREFIX.length)] = decodeUserValue(value);
  }
  checkUserMetadata(user);
  return { system, user };
}

/** `aws-chunked` says how the request was sent, not what the object is. */
function withoutAwsChunked(encoding: string | undefined): string | undefined {
  const kept = encoding?.split(',').filter((part) => part.trim() !== 'aws-chunked');
  return kept?.join(',').trim();
}

function checkUserMetadata(user: Record<string, string>): void {
  const sizeBytes = Object.entries(user).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (sizeBytes > MOST_USER_BYTES) {
    throw new S3Error(400, 'MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', {
      Size: String(sizeBytes),
      MaxSizeAllowed: String(MOST_USER_BYTES),
    });
  }
}

/**
 * The metadata of a request. Bytes beyond ASCII are read as UTF-8 if that is possible, and the form of RFC 2047 is decoded.
 */
function decodeUserValue(value: string): string {
  const utf8 = Buffer.from(value, 'latin1').toString('utf8');
  const text = utf8.includes('\ufffd') ? value : utf8;
  return text
    .replace(/(=\?utf-8\?[bq]\?[^?]*\?=)\s+(?==\?utf-8\?[bq]\?)/gi, '$1')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, encoding: string, encoded: string) =>
      encoding.toLowerCase() === 'b' ? Buffer.from(encoded, 'base64').toString('utf8') : decodeQ(encoded),
    );
}

function decodeQ(encoded: string): string {
  const bytes = encoded.replaceAll('_', ' ').replace(/=([0-9a-f]{2})/gi, (_match, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/**
 * The response headers of an object's metadata; User metadata beyond ASCII is returned in the form of RFC 2047. Metadata
 * that cannot be printed is only counted.
 */
export function metadataHeaders(metadata: Metadata): Headers {
  const headers: Headers = { ...metadata.system };
  let missing = 0;
  for (const [name, value] of Object.entries(metadata.user)) {
    if (isPrintable(value)) headers[USER_PREFIX + name] = mailSafe(value);
    else missing += 1;
  }
  return missing === 0 ? headers : { ...headers, 'x-amz-missing-meta': String(missing) };
}

function isPrintable(value: string): boolean {
  return !/[\p{Cc}--\t]/v.test(value);
}

function mailSafe(value: string): string {
  return /^[ -~\t]*$/.test(value) ? value : `=?UTF-8?B?${Buffer.from(value, 'utf8').toString('base64')}?=`;
}
