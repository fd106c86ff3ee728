import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandInput,
  type HeadObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';

/** A client of its own, for tests to see what anybody sees. */
export function connect(endpoint: string, secretAccessKey = 'test'): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'test', secretAccessKey },
  });
}

/** All that HeadObject and GetObjectTagging tell about an object, but for its version and its date. */
export async function describeObject(s3: S3Client, Bucket: string, Key: string) {
  const head = (more: Partial<HeadObjectCommandInput> = {}) =>
    s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED', ...more }));
  const { $metadata, LastModified, VersionId, Expires, ...described } = await head();
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return { ...described, tags: TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort(), parts: await partSizes(head) };
}

/** Bytes of each part; none where the object is in one piece. */
async function partSizes(head: (more: { PartNumber: number }) => Promise<HeadObjectCommandOutput>) {
  const { PartsCount = 0 } = await head({ PartNumber: 1 });
  const numbers = Array.from({ length: PartsCount }, (_, index) => index + 1);
  const parts = await Promise.all(numbers.map((PartNumber) => head({ PartNumber })));
  return parts.map(({ ContentLength }) => ContentLength);
}
