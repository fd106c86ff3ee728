import type { CopyObjectCommandOutput } from '@aws-sdk/client-s3';

const RESULT = /^(?:<\?xml[^<>]*\?>)?\s*<CopyObjectResult[^<>]*>(?:<\w+>[^<]*<\/\w+>)*<\/CopyObjectResult>\s*$/;
const ETAG = /<ETag>([^<]+)<\/ETag>/;

/** Reads what a mirror wants to know of CopyObject's answer: that there is a copy. What looks unusual is left to the SDK. */
export function readCopyResult(body: Uint8Array): Omit<CopyObjectCommandOutput, '$metadata'> | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
  const eTag = RESULT.test(text) ? ETAG.exec(text)?.[1] : undefined;
  return eTag === undefined ? undefined : { CopyObjectResult: { ETag: eTag } };
}
