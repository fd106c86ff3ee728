import { createHash } from 'node:crypto';
import { type Body, type Bucket, type PutAttributes, syntheticBody } from '../../local/s3';

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
