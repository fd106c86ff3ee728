import type { IncomingMessage } from 'node:http';
import type { Headers } from './checksums';
import { S3Error } from './errors';

export interface Address {
  readonly bucketName: string;
  /** Undefined for the bucket itself, and for the service. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

const keyLimitBytes = 1024;

/**
 * Reads bucket and key from the request line, by path or by host (`<bucket>.localhost`). Keys are opaque: nothing is normalised, and a
 * `+` is a plus.
 *
 * @throws S3Error InvalidURI, KeyTooLongError
 */
export function readAddress(request: IncomingMessage): Address {
  const url = request.url ?? '/';
  const question = url.indexOf('?');
  const path = question === -1 ? url : url.slice(0, question);
  const query = new URLSearchParams(question === -1 ? '' : url.slice(question + 1));
  const host = request.headers.host?.match(/^(.+)\.localhost(?::\d+)?$/)?.[1];
  const slash = host === undefined ? path.indexOf('/', 1) : 0;
  const bucketName = host ?? decode(slash === -1 ? path.slice(1) : path.slice(1, slash));
  const key = slash === -1 ? '' : decode(path.slice(slash + 1));
  requireKeyLength(key);
  return { bucketName, key: key === '' ? undefined : key, query };
}

/** @throws S3Error KeyTooLongError */
export function requireKeyLength(key: string): void {
  const size = Buffer.byteLength(key);
  if (size <= keyLimitBytes) return;
  const details = { Size: String(size), MaxSizeAllowed: String(keyLimitBytes) };
  throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', details);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: text });
  }
}

/** Reads the whole request body, and the trailers when it came in chunks of the AWS form. */
export async function readBytes(request: IncomingMessage): Promise<{ bytes: Buffer; trailers: Headers }> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk);
  }
  const bytes = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
  const { 'content-encoding': encoding = '', 'x-amz-content-sha256': sha256 = '' } = request.headers;
  const isChunked = encoding.includes('aws-chunked') || String(sha256).startsWith('STREAMING-');
  return isChunked ? decodeAwsChunked(bytes) : { bytes, trailers: {} };
}

/**
 * Takes the `aws-chunked` encoding off: `<hex length>[;chunk-signature=...]\r\n<bytes>\r\n`, a chunk of length 0, then trailers.
 *
 * @throws S3Error IncompleteBody
 */
export function decodeAwsChunked(encoded: Buffer): { bytes: Buffer; trailers: Headers } {
  const chunks: Buffer[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', offset);
    const size = Number.parseInt(encoded.toString('latin1', offset, lineEnd), 16);
    const start = lineEnd + 2;
    if (lineEnd === -1 || Number.isNaN(size) || start + size > encoded.length) {
      throw new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
    }
    if (size === 0) {
      return { bytes: Buffer.concat(chunks), trailers: readTrailers(encoded.toString('latin1', start)) };
    }
    chunks.push(encoded.subarray(start, start + size));
    offset = start + size + 2;
  }
}

function readTrailers(text: string): Headers {
  const trailers: Headers = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) {
      trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
  }
  return trailers;
}
