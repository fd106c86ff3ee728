import type { IncomingMessage } from 'node:http';
import { decodeAwsChunked } from './aws-chunked';
import { type Headers, verifyMd5 } from './checksums';
import { S3Error } from './errors';
import { readBytes } from './request';
import type { ProvedSignature } from './signature';
import { headerOf, type WireRequest } from './wire-request';
import { checkDecodedLength } from './wire-rules';

export interface RequestBody {
  /** What came over the wire. */
  readonly sent: Buffer;
  /** Without the `aws-chunked` encoding. */
  readonly bytes: Buffer;
  readonly trailers: Headers;
}

const NOTHING = Buffer.alloc(0);

export function hasBody(wire: WireRequest): boolean {
  return wire.headers.has('transfer-encoding') || (headerOf(wire, 'content-length') ?? '0') !== '0';
}

/** @throws S3Error the headers announce an impossible body */
export function emptyBody(wire: WireRequest): RequestBody {
  checkBytes(wire, NOTHING);
  return { sent: NOTHING, bytes: NOTHING, trailers: {} };
}

/** @throws S3Error IncompleteBody, SignatureDoesNotMatch, MalformedTrailerError, BadDigest, InvalidDigest */
export async function readRequestBody(
  request: IncomingMessage,
  wire: WireRequest,
  signature: ProvedSignature | undefined,
): Promise<RequestBody> {
  const sent = await readBytes(request);
  const { bytes, trailers } = isAwsChunked(wire) ? decodeAwsChunked(sent, signature) : { bytes: sent, trailers: {} };
  checkBytes(wire, bytes);
  checkTrailers(wire, trailers);
  return { sent, bytes, trailers };
}

function isAwsChunked(wire: WireRequest): boolean {
  const encoding = headerOf(wire, 'content-encoding') ?? '';
  return encoding.includes('aws-chunked') || (headerOf(wire, 'x-amz-content-sha256') ?? '').startsWith('STREAMING-');
}

function checkBytes(wire: WireRequest, bytes: Buffer): void {
  verifyMd5(headerOf(wire, 'content-md5'), bytes);
  checkDecodedLength(wire, bytes);
}

/** All trailers that were announced, and no others. */
function checkTrailers(wire: WireRequest, { 'x-amz-trailer-signature': _, ...trailers }: Headers): void {
  const announced = (headerOf(wire, 'x-amz-trailer') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const names = announced.filter((name) => name !== '');
  const sent = Object.keys(trailers);
  if (names.length === sent.length && names.every((name) => sent.includes(name))) return;
  throw new S3Error(
    400,
    'MalformedTrailerError',
    'The request contained trailing data that was not well-formed or did not conform to our published schema.',
  );
}
