import { createHash } from 'node:crypto';
import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  GetObjectTaggingCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import PQueue from 'p-queue';
import { partOf, type SiteObject } from './site';

const CONCURRENCY = 32;

/** Makes a bucket that holds `objects` below `folder`. */
export async function fillBucket(s3: S3Client, bucket: string, folder: string, objects: readonly SiteObject[]) {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await forEach(objects, (object) => putObject(s3, bucket, folder, object));
}

export async function putObject(s3: S3Client, bucket: string, folder: string, object: SiteObject): Promise<void> {
  const target = { Bucket: bucket, Key: folder + object.key };
  const properties = {
    ...object.headers,
    Expires: object.expires,
    Metadata: object.metadata,
    StorageClass: object.storageClass,
    ChecksumAlgorithm: object.checksum,
  };
  if (object.parts) await putInParts(s3, target, properties, object);
  // Bytes, because the SDK takes an empty string for a stream.
  else await s3.send(new PutObjectCommand({ ...target, ...properties, Body: Buffer.from(object.content) }));
  if (object.tags === undefined) return;
  const TagSet = Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value }));
  await s3.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet } }));
}

async function putInParts(
  s3: S3Client,
  target: { readonly Bucket: string; readonly Key: string },
  properties: object,
  object: SiteObject,
): Promise<void> {
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...target, ...properties }));
  const Parts = [];
  for (let PartNumber = 1; PartNumber <= Number(object.parts); PartNumber++) {
    const Body = partOf(object, PartNumber);
    const ChecksumAlgorithm = object.checksum;
    const uploaded = await s3.send(new UploadPartCommand({ ...target, UploadId, PartNumber, Body, ChecksumAlgorithm }));
    // A composite checksum is made of these.
    Parts.push({ ETag: uploaded.ETag, PartNumber, ChecksumSHA256: uploaded.ChecksumSHA256 });
  }
  await s3.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
}

/** Every key of the bucket below `folder`, as it is, with its ETag and time: any write shows. */
export async function listBucket(s3: S3Client, bucket: string, folder = ''): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  const query = { Bucket: bucket, Prefix: folder, EncodingType: 'url' } as const;
  for await (const { Contents = [], EncodingType } of paginateListObjectsV2({ client: s3 }, query)) {
    // Some servers leave keys as they are, and do not say that they were encoded.
    const decode = (key: string) => (EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key);
    for (const { Key = '', ETag, LastModified } of Contents) {
      objects.set(decode(Key), `${ETag} ${LastModified?.toISOString()}`);
    }
  }
  return objects;
}

/** What has to be equal of an object at the source and at the destination. */
export type ObjectState = Readonly<Record<string, unknown>>;

/** Everything below `folder` whose key is `wanted`, by relative key. */
export async function readBucket(
  s3: S3Client,
  bucket: string,
  folder: string,
  wanted: (key: string) => boolean = () => true,
): Promise<Map<string, ObjectState>> {
  const states = new Map<string, ObjectState>();
  await forEach([...(await listBucket(s3, bucket, folder)).keys()].filter(wanted), async (key) => {
    states.set(key.slice(folder.length), await readObject(s3, { Bucket: bucket, Key: key }));
  });
  return states;
}

async function readObject(
  s3: S3Client,
  target: { readonly Bucket: string; readonly Key: string },
): Promise<ObjectState> {
  const object = await s3.send(new GetObjectCommand(target));
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand(target));
  return {
    // The bytes, not the ETag: copied, an object in parts may get another one.
    content: await hash(object.Body),
    sizeBytes: object.ContentLength,
    contentType: object.ContentType,
    cacheControl: object.CacheControl,
    contentDisposition: object.ContentDisposition,
    contentEncoding: object.ContentEncoding,
    contentLanguage: object.ContentLanguage,
    storageClass: object.StorageClass ?? 'STANDARD',
    metadata: object.Metadata,
    tags: TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort(),
  };
}

async function hash(body: GetObjectCommandOutput['Body']): Promise<string> {
  const bytes = await body?.transformToByteArray();
  return createHash('sha256')
    .update(bytes ?? '')
    .digest('hex');
}

type States = ReadonlyMap<string, ObjectState>;

/** Which of `keys` are not the same on both sides, with what differs. */
export function compareStates(keys: readonly string[], expected: States, actual: States): string[] {
  return keys.flatMap((key) => {
    const [wanted, found] = [JSON.stringify(expected.get(key)), JSON.stringify(actual.get(key))];
    return wanted === found ? [] : [`${JSON.stringify(key)}: expected ${wanted}, got ${found}`];
  });
}

async function forEach<Item>(items: readonly Item[], act: (item: Item) => Promise<void>): Promise<void> {
  await new PQueue({ concurrency: CONCURRENCY }).addAll(items.map((item) => () => act(item)));
}
