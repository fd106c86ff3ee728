import { createHash } from 'node:crypto';
import { flexibleChecksumsMiddleware } from '@aws-sdk/checksums/flexible-checksums';
import type { S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';

type Config = S3Client['config'];

/** Operations with a body, and whether S3 requires a checksum for it. */
const CHECKED = new Map([
  ['CompleteMultipartUpload', false],
  ['DeleteObjects', true],
  ['RestoreObject', false],
]);

const RULE = {
  requestChecksumRequired: true,
  requestAlgorithmMember: { name: 'ChecksumAlgorithm', httpHeader: 'x-amz-sdk-checksum-algorithm' },
};

/** Servers that do not support AWS's checksums require the MD5, which the SDK does not send. */
export type BodyProof = 'both' | 'md5';

type Operation = { readonly name: string };

export function hasBody({ name }: Operation): boolean {
  return CHECKED.has(name);
}

/** Uses the SDK's own middlewares to add the headers that describe a request's body. */
export async function describeBody(
  request: HttpRequest,
  { name }: Operation,
  input: object,
  config: Config,
  proof?: BodyProof,
): Promise<void> {
  const length = config.bodyLengthChecker(request.body);
  if (length !== undefined) request.headers['content-length'] = String(length);
  if (!CHECKED.get(name)) return;
  if (proof) request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
  if (proof === 'md5') return;
  const done = async (described: { request: unknown }) => {
    Object.assign(request.headers, (described.request as HttpRequest).headers);
    return { response: undefined, output: { $metadata: {} } };
  };
  await flexibleChecksumsMiddleware(config, RULE)(done, {})({ input: { ...input }, request });
}
