import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import type { Body } from './body';
import { bytesBody } from './body';
import { invalidRequest, S3Error } from './errors';
import { keepDigest, knownDigest } from './known-digests';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

/** A stored checksum. The value is computed when it is first needed. */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64, with `-N` for composite ones. */
  value?: string;
}

const CHECKSUM_ALGORITHMS: readonly ChecksumAlgorithm[] = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'];

/** What S3 adds when the client sends none. */
export const DEFAULT_CHECKSUM: ChecksumAlgorithm = 'CRC64NVME';

export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}
export function checksumElement(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

/** Digest of `body` in base64. */
export async function digest(algorithm: ChecksumAlgorithm, body: Body): Promise<string> {
  const known = knownDigest(algorithm, body);
  if (known !== undefined) return known;
  const hash = newDigest(algorithm);
  for (const chunk of body.digestChunks()) hash.update(chunk);
  return keepDigest(algorithm, body, Buffer.from(await hash.digest()).toString('base64'));
}

/** The composite checksum of a multipart object: the digest of the parts' digests, and the number of parts. */
export async function compositeDigest(algorithm: ChecksumAlgorithm, parts: string[]): Promise<string> {
  const digests = bytesBody(Buffer.concat(parts.map((part) => Buffer.from(part, 'base64'))));
  return `${await digest(algorithm, digests)}-${parts.length}`;
}

/** The value of `checksum` for `body`, computed at most once. */
export async function checksumValue(checksum: Checksum, body: Body): Promise<string> {
  checksum.value ??= await digest(checksum.algorithm, body);
  return checksum.value;
}

interface Digest {
  update(chunk: Uint8Array): void;
  digest(): Uint8Array | Promise<Uint8Array>;
}

function newDigest(algorithm: ChecksumAlgorithm): Digest {
  switch (algorithm) {
    case 'CRC32':
      return new Crc32();
    case 'CRC32C':
      return new Crc32c();
    case 'CRC64NVME':
      return new Crc64Nvme();
    default: {
      const hash = createHash(algorithm.toLowerCase());
      return { update: (chunk) => hash.update(chunk), digest: () => hash.digest() };
    }
  }
}

class Crc32 implements Digest {
  #value = 0;

  update(chunk: Uint8Array): void {
    this.#value = crc32(chunk, this.#value);
  }

  digest(): Uint8Array {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.#value);
    return bytes;
  }
}

export type Headers = Record<string, string | undefined>;

/** The checksum that headers or trailers carry, if any. */
export function sentChecksum(headers: Headers): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const sent = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = headers[checksumHeader(algorithm)];
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (sent.length > 1)
    throw invalidRequest('Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.');
  return sent[0];
}

/** The algorithm that a header names, in lower or upper case. */
export function parseAlgorithm(name: string | undefined): ChecksumAlgorithm | undefined {
  if (name === undefined) return undefined;
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toUpperCase());
  if (!algorithm)
    throw invalidRequest('Checksum algorithm provided is unsupported. Please try again with any of the valid types.');
  return algorithm;
}

/**
 * Compares the body with the checksum the client sent.
 *
 * @returns the checksum to keep: the one sent, or CRC64NVME
 * @throws S3Error BadDigest, InvalidRequest
 */
export async function verifyBody(headers: Headers, body: Body): Promise<Checksum> {
  const sent = sentChecksum(headers);
  if (!sent) {
    requireNoAlgorithm(headers);
    return { algorithm: DEFAULT_CHECKSUM, type: 'FULL_OBJECT' };
  }
  requireDigest(sent.algorithm, sent.value);
  const value = await digest(sent.algorithm, body);
  if (value !== sent.value) throw badChecksum(sent.algorithm);
  return { algorithm: sent.algorithm, type: 'FULL_OBJECT', value };
}

export function badChecksum(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error(400, 'BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
}

/** @throws S3Error InvalidRequest  a checksum was announced but not sent */
function requireNoAlgorithm(headers: Headers): void {
  if (parseAlgorithm(headers['x-amz-sdk-checksum-algorithm']) === undefined) return;
  throw invalidRequest(
    'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
  );
}

const DIGEST_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** @throws S3Error InvalidRequest  it does not have the length of its algorithm */
function requireDigest(algorithm: ChecksumAlgorithm, value: string): void {
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length === DIGEST_BYTES[algorithm] && bytes.toString('base64') === value) return;
  throw invalidRequest(`Value for ${checksumHeader(algorithm)} header is invalid.`);
}

/** Compares the body of any request with its Content-MD5. @throws S3Error BadDigest, InvalidDigest */
export function verifyMd5(sent: string | undefined, bytes: Uint8Array): void {
  if (sent === undefined) return;
  if (Buffer.from(sent, 'base64').length !== 16)
    throw new S3Error(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  if (createHash('md5').update(bytes).digest('base64') !== sent)
    throw new S3Error(400, 'BadDigest', 'The Content-MD5 you specified did not match what we received.');
}
