import { createHash } from 'node:crypto';
import { type Body, type Bucket, type Encryption, type PutAttributes, syntheticBody } from '../../local/s3';

export const MIB = 1024 ** 2;

/** Puts an object that was uploaded in parts of these sizes, without a request. */
export function putInParts(bucket: Bucket, key: string, sizes: readonly number[], attributes: PutAttributes = {}) {
  const body = syntheticBody(
    sizes.reduce((sum, size) => sum + size, 0),
    `content of ${key} `,
  );
  const parts = sizes.map((sizeBytes, index) => ({ partNumber: index + 1, sizeBytes }));
  return bucket.put(key, body, { eTag: multipartETag(body, sizes), parts, ...attributes });
}

/** As AWS makes it: the MD5 of the parts' MD5s, and their number. */
export function multipartETag(body: Body, sizes: readonly number[]): string {
  const hash = createHash('md5');
  let offset = 0;
  for (const size of sizes) {
    hash.update(Buffer.from(body.slice(offset, offset + size).md5(), 'hex'));
    offset += size;
  }
  return `${hash.digest('hex')}-${sizes.length}`;
}

/** What S3 keeps of an upload. @param parts  bytes of each part; absent: it was put in one piece */
export function asUploaded(body: Body, parts: readonly number[] | undefined, encryption: Encryption): PutAttributes {
  const eTag = parts ? multipartETag(body, parts) : body.md5();
  return {
    encryption,
    eTag: encryption.algorithm === 'AES256' ? eTag : opaque(eTag),
    ...(parts && { parts: parts.map((sizeBytes, index) => ({ partNumber: index + 1, sizeBytes })) }),
  };
}

let opaqueETags = 0;

/** With a key no two uploads have the same ETag, though it looks as always. */
export function opaque(eTag: string): string {
  opaqueETags += 1;
  return eTag.replace(/^[0-9a-f]{32}/, createHash('md5').update(`opaque ${opaqueETags}`).digest('hex'));
}
