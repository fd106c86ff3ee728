import type { CopyObjectCommandOutput, ServerSideEncryption, UploadPartCopyCommandOutput } from '@aws-sdk/client-s3';

const RESULT = /^(?:<\?xml[^<>]*\?>)?\s*<(Copy(?:Object|Part)Result)[^<>]*>((?:<\w+>[^<]*<\/\w+>)*)<\/\1>\s*$/;
const MEMBER = /<(ETag|Checksum(?!Type>)\w+)>([^<]+)<\/\1>/g;

type Headers = Readonly<Record<string, string>>;
type Read<Output> = Omit<Output, '$metadata'> | undefined;

/** Reads from CopyObject's answer that there is a copy. An unusual answer is left to the SDK. */
export function readCopyResult(body: Uint8Array, headers: Headers = {}): Read<CopyObjectCommandOutput> {
  const result = readResult(body, 'CopyObjectResult');
  const VersionId = headers['x-amz-version-id'];
  return result && { CopyObjectResult: result, ...(VersionId && { VersionId }), ...readEncryption(headers) };
}

/** The same of UploadPartCopy, with the part's checksum. */
export function readPartResult(body: Uint8Array, headers: Headers = {}): Read<UploadPartCopyCommandOutput> {
  const result = readResult(body, 'CopyPartResult');
  return result && { CopyPartResult: result, ...readEncryption(headers) };
}

function readEncryption(headers: Headers) {
  const algorithm = headers['x-amz-server-side-encryption'];
  return {
    ...(algorithm !== undefined && { ServerSideEncryption: algorithm as ServerSideEncryption }),
    ...(headers['x-amz-server-side-encryption-bucket-key-enabled'] === 'true' && { BucketKeyEnabled: true }),
  };
}

function readResult(body: Uint8Array, name: string): Record<string, string> | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1').replaceAll('&quot;', '"');
  const [, element, content = ''] = RESULT.exec(text) ?? [];
  if (element !== name || content.includes('&')) return undefined;
  const members = Object.fromEntries(
    [...content.matchAll(MEMBER)].map(([, member = '', value = '']) => [member, value]),
  );
  return members.ETag === undefined ? undefined : members;
}
