import type { Headers } from './checksums';
import { noSuchKey, notImplemented, preconditionFailed } from './errors';
import { type ObjectVersion, unquoted } from './object-version';

/**
 * Checks `If-Match` and its three relatives, or with a prefix those of a copy's source.
 *
 * | If-Match | If-Unmodified-Since | If-None-Match | If-Modified-Since | result       |
 * | -------- | ------------------- | ------------- | ----------------- | ------------ |
 * | fails    | any                 | any           | any               | failed       |
 * | absent   | fails               | any           | any               | failed       |
 * | holds    | fails               | -             | -                 | holds        |
 * | -        | -                   | fails         | any               | not modified |
 * | -        | -                   | absent        | fails             | not modified |
 *
 * @returns whether the answer is 304
 * @throws S3Error PreconditionFailed
 */
export function checkRead(headers: Headers, version: ObjectVersion, prefix = ''): boolean {
  const ifMatch = headers[`${prefix}if-match`];
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, version)) throw preconditionFailed('If-Match');
  } else if (modifiedSince(headers[`${prefix}if-unmodified-since`], version) === true)
    throw preconditionFailed('If-Unmodified-Since');
  const ifNoneMatch = headers[`${prefix}if-none-match`];
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, version);
  return modifiedSince(headers[`${prefix}if-modified-since`], version) === false;
}

/**
 * Like `checkRead`, with the headers of a copy's source. A copy has no answer 304, so an unmodified source is a failure.
 */
export function checkCopySource(headers: Headers, version: ObjectVersion): void {
  if (checkRead(headers, version, 'x-amz-copy-source-')) throw preconditionFailed('x-amz-copy-source-If-None-Match');
}

/**
 * Checks the conditions of a write against the object it would replace.
 *
 * @throws S3Error PreconditionFailed; NoSuchKey for `If-Match` if there is no object
 */
export function checkWrite(headers: Headers, key: string, current: ObjectVersion | undefined): void {
  const existing = current?.deleteMarker ? undefined : current;
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch !== '*') throw notImplemented('If-None-Match');
    if (existing) throw preconditionFailed('If-None-Match');
  }
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) {
    if (!existing) throw noSuchKey(key);
    if (!matches(ifMatch, existing)) throw preconditionFailed('If-Match');
  }
}

/** Whether one of the ETags of an If-Match header is the version's. */
export function matches(header: string, version: ObjectVersion): boolean {
  return header.split(',').some((eTag) => eTag.trim() === '*' || unquoted(eTag) === version.eTag);
}

function modifiedSince(header: string | undefined, version: ObjectVersion): boolean | undefined {
  const since = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(since) ? undefined : version.lastModified.getTime() > since;
}
