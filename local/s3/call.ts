import type { Body } from './body';
import type { Bucket } from './bucket';
import type { Headers } from './checksums';
import { invalidArgument } from './errors';
import type { Results } from './results';
import type { S3State } from './state';

/** One request, as the operations see it. */
export interface Call {
  readonly state: S3State;
  readonly operation: string;
  /** The bucket of the path. Operations on the service have none and do not read this. */
  readonly bucket: Bucket;
  readonly bucketName: string;
  /** The object's key, percent-decoded and otherwise as sent. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Reads the body; `headers` then also holds the trailers. */
  readBody(): Promise<{ body: Body; bytes: Buffer; headers: Headers }>;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Headers;
  /** XML, or an object's content. */
  readonly body?: string | Body;
  /** What the XML says: see `Results`. */
  readonly result?: unknown;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

export function xmlAnswer(body: string, headers: Headers = {}): Answer {
  return { status: 200, headers: { 'content-type': 'application/xml', ...headers }, body };
}

/** An answer whose XML is written only if somebody reads it: who asks without HTTP takes the result as it is. */
export function answerOf<Name extends keyof Results>(
  _operation: Name,
  result: Results[Name],
  write: () => string,
  headers: Headers = {},
): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    result,
    get body() {
      return write();
    },
  };
}

/** A whole number of the query string, at most `cap`. */
export function countParam(query: URLSearchParams, name: string, cap = 1000): number {
  const value = query.get(name);
  if (value === null || value === '') return cap;
  if (!/^\d+$/.test(value) || Number(value) > 2 ** 31 - 1)
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, value);
  return Math.min(Number(value), cap);
}

/** `x-amz-version-id`, which only versioned buckets send. */
export function versionHeader(bucket: Bucket, versionId: string): Headers {
  return { 'x-amz-version-id': bucket.versioning === undefined ? undefined : versionId };
}
