import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import PQueue from 'p-queue';

/** One way in which the two buckets were compared. */
export interface Check {
  /** The attribute that was compared, such as `tags`. */
  readonly what: string;
  readonly compared: number;
  /** Whether only some of the objects were compared. */
  readonly sampled: boolean;
  /** Keys that are not equal. */
  readonly different: readonly string[];
}

const CONCURRENCY = 64;
/** Reading every byte would take longer than the mirror itself. */
const BODIES_SAMPLED = 200;
const TAGS_SAMPLED = 500;

/**
 * Compares two buckets object by object. It shares no code with the mirror: it lists by the AWS SDK over HTTP. Objects
 * that the first check finds different are left out of the other checks.
 */
export async function* compareBuckets(endpoint: string, source: string, destination: string): AsyncGenerator<Check> {
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' },
    requestHandler: { httpAgent: { maxSockets: CONCURRENCY } },
  });
  const onBoth = (read: typeof headers) => async (key: string) =>
    (await read(client, source, key)) === (await read(client, destination, key));
  try {
    const [expected, actual] = await Promise.all([listAll(client, source), listAll(client, destination)]);
    const keys = [...new Set([...expected.keys(), ...actual.keys()])];
    const same = keys.filter((key) => expected.get(key) === actual.get(key));
    const different = keys.filter((key) => expected.get(key) !== actual.get(key));
    yield { what: 'key, size and ETag', compared: keys.length, sampled: false, different };
    yield await check('content headers and user metadata', same, same.length, onBoth(headers));
    yield await check('tags', same, TAGS_SAMPLED, onBoth(tags));
    yield await check('content, byte by byte', same, BODIES_SAMPLED, onBoth(content));
  } finally {
    client.destroy();
  }
}

/** Size and ETag by key. */
async function listAll(client: S3Client, bucket: string): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, EncodingType: 'url' })) {
    for (const { Key = '', Size, ETag } of page.Contents ?? []) {
      objects.set(decodeURIComponent(Key.replaceAll('+', ' ')), `${Size} bytes, ETag ${ETag}`);
    }
  }
  return objects;
}

async function check(
  what: string,
  keys: string[],
  limit: number,
  isEqual: (key: string) => Promise<boolean>,
): Promise<Check> {
  const checked = sample(keys, limit);
  const different: string[] = [];
  const queue = new PQueue({ concurrency: CONCURRENCY });
  await queue.addAll(
    checked.map((key) => async () => {
      if (!(await isEqual(key))) different.push(key);
    }),
  );
  return { what, compared: checked.length, sampled: checked.length < keys.length, different };
}

async function headers(client: S3Client, bucket: string, key: string): Promise<string> {
  const head: HeadObjectCommandOutput = await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  return JSON.stringify([
    head.ContentType,
    head.CacheControl,
    head.ContentDisposition,
    head.ContentEncoding,
    head.ContentLanguage,
    head.ExpiresString,
    head.WebsiteRedirectLocation,
    head.StorageClass,
    Object.entries(head.Metadata ?? {}).sort(),
  ]);
}

async function tags(client: S3Client, bucket: string, key: string): Promise<string> {
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
  return JSON.stringify(TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort());
}

async function content(client: S3Client, bucket: string, key: string): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
  const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
  return createHash('sha256').update(bytes).digest('hex');
}

/** Some keys, spread evenly over all of them. The first key is always one of them. */
function sample(keys: string[], size: number): string[] {
  const step = Math.max(1, keys.length / size);
  return Array.from({ length: Math.min(size, keys.length) }, (_, index) => keys[Math.floor(index * step)] ?? '');
}
