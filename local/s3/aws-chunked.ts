import type { Headers } from './checksums';
import { S3Error } from './errors';
import { type ProvedSignature, scopeOf, sha256 } from './signature';

interface Decoded {
  readonly bytes: Buffer;
  readonly trailers: Headers;
}

interface Chunk {
  readonly bytes: Buffer;
  readonly signature: string | undefined;
}

/**
 * Removes the `aws-chunked` encoding: `<hex length>[;chunk-signature=...]\r\n<bytes>\r\n`, a chunk of length 0, then
 * trailers.
 *
 * @param signature  the signature of the request, from which the first chunk of a signed body continues
 * @throws S3Error IncompleteBody, SignatureDoesNotMatch
 */
export function decodeAwsChunked(encoded: Buffer, signature?: ProvedSignature): Decoded {
  const chunks: Chunk[] = [];
  let offset = 0;
  for (;;) {
    const lineEnd = encoded.indexOf('\r\n', offset);
    const line = encoded.toString('latin1', offset, Math.max(lineEnd, offset));
    const [, hex = '', chunkSignature] = /^([0-9a-fA-F]+)(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
    const start = lineEnd + 2;
    const end = start + Number.parseInt(hex, 16);
    if (hex === '' || end > encoded.length) throw incomplete();
    chunks.push({ bytes: encoded.subarray(start, end), signature: chunkSignature });
    if (end === start) {
      const trailer = encoded.toString('latin1', start);
      if (signature?.payloadHash.startsWith('STREAMING-AWS4')) proveChunks(chunks, trailer, signature);
      return { bytes: Buffer.concat(chunks.map(({ bytes }) => bytes)), trailers: readTrailers(trailer) };
    }
    if (encoded.toString('latin1', end, end + 2) !== '\r\n') throw incomplete();
    offset = end + 2;
  }
}

/** Each signature signs the one before it, so that no chunk can be left out or moved. */
function proveChunks(chunks: readonly Chunk[], trailer: string, signature: ProvedSignature): void {
  const { signedAt, sign } = signature;
  const scope = scopeOf(signature);
  let previous = signature.signature;
  for (const { bytes, signature: sent } of chunks) {
    const expected = sign(
      ['AWS4-HMAC-SHA256-PAYLOAD', signedAt, scope, previous, sha256(''), sha256(bytes)].join('\n'),
    );
    if (sent !== expected) throw mismatch();
    previous = expected;
  }
  if (!signature.payloadHash.endsWith('-TRAILER')) return;
  const { 'x-amz-trailer-signature': sent, ...signed } = readTrailers(trailer);
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const expected = sign(['AWS4-HMAC-SHA256-TRAILER', signedAt, scope, previous, sha256(lines.join(''))].join('\n'));
  if (sent !== expected) throw mismatch();
}

function readTrailers(text: string): Headers {
  const trailers: Headers = {};
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) trailers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return trailers;
}

function incomplete(): S3Error {
  return new S3Error(400, 'IncompleteBody', 'The request body terminated unexpectedly');
}
function mismatch(): S3Error {
  return new S3Error(
    403,
    'SignatureDoesNotMatch',
    'The signature of a chunk or of the trailer is not that of its bytes.',
  );
}
