import type { IncomingMessage } from 'node:http';
import { S3Error } from './errors';

export interface Address {
  readonly bucketName: string;
  /** Undefined for the bucket itself, and for the service. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

const LONGEST_KEY_BYTES = 1024;

/**
 * Reads bucket and key from the request line, by path or by host (`<bucket>.localhost`). Keys are opaque: nothing is
 * normalised, and a
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
  if (size <= LONGEST_KEY_BYTES) return;
  const details = { Size: String(size), MaxSizeAllowed: String(LONGEST_KEY_BYTES) };
  throw new S3Error(400, 'KeyTooLongError', 'Your key is too long', details);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.", { URI: text });
  }
}

/** Reads the whole request body as it was sent. */
export async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}
