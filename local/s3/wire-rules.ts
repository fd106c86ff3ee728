import { invalidRequest, notImplemented, S3Error } from './errors';
import { sha256 } from './signature';
import { headerOf, type WireRequest } from './wire-request';

/** Headers that must not occur twice, because it would be unclear which one counts. */
const SINGLE = ['host', 'authorization', 'content-length', 'content-md5', 'x-amz-date', 'x-amz-content-sha256'];
const WITH_LENGTH = new Set(['PUT', 'POST']);
const PAYLOAD_HASH = /^[0-9a-f]{64}$/;
const PAYLOAD_KINDS = new Set([
  'UNSIGNED-PAYLOAD',
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
]);

/**
 * Rejects a request whose framing or headers S3 would reject, whatever its signature.
 *
 * @throws S3Error BadRequest, MissingContentLength, NotImplemented, InvalidArgument
 */
export function checkWire(wire: WireRequest): void {
  const repeated = SINGLE.find((name) => (wire.headers.get(name)?.length ?? 0) > 1);
  if (repeated !== undefined || !wire.headers.has('host')) throw unreadable();
  const isChunked = wire.headers.has('transfer-encoding');
  if (isChunked && !wire.headers.has('x-amz-decoded-content-length')) throw notImplemented('Transfer-Encoding');
  if (WITH_LENGTH.has(wire.method) && !hasNoBody(wire) && !isChunked && !wire.headers.has('content-length'))
    throw new S3Error(411, 'MissingContentLength', 'You must provide the Content-Length HTTP header.');
  const payload = headerOf(wire, 'x-amz-content-sha256');
  if (payload === undefined || PAYLOAD_KINDS.has(payload) || PAYLOAD_HASH.test(payload)) return;
  throw new S3Error(
    400,
    'InvalidArgument',
    'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    { ArgumentName: 'x-amz-content-sha256', ArgumentValue: payload },
  );
}

/** Some SDKs send no length with a copy, and with the beginning of an upload. */
function hasNoBody({ headers, query }: WireRequest): boolean {
  return headers.has('x-amz-copy-source') || /^uploads(=|&|$)/.test(query);
}

/** Compares the body with the hash that was signed in its place. @throws S3Error XAmzContentSHA256Mismatch */
export function checkPayload(wire: WireRequest, body: Uint8Array): void {
  const announced = headerOf(wire, 'x-amz-content-sha256');
  if (announced === undefined || !PAYLOAD_HASH.test(announced)) return;
  const computed = sha256(body);
  if (computed === announced) return;
  throw new S3Error(
    400,
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
    { ClientComputedContentSHA256: announced, S3ComputedContentSHA256: computed },
  );
}

/** A header must only be legal HTTP. Node.js's parser, which reads the headers first, rejects all others. */
export function unreadable(): S3Error {
  return new S3Error(400, 'BadRequest', 'An error occurred when parsing the HTTP request.');
}

/** Checks that as many bytes arrived as were announced. @throws S3Error IncompleteBody */
export function checkDecodedLength(wire: WireRequest, bytes: Uint8Array): void {
  const announced = headerOf(wire, 'x-amz-decoded-content-length');
  if (announced === undefined || announced === String(bytes.length)) return;
  if (!/^\d+$/.test(announced)) throw invalidRequest('x-amz-decoded-content-length has to be a number of bytes.');
  throw new S3Error(
    400,
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
  );
}
