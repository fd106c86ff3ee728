import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { statusOf } from './outcome';

/** How many deletes are sent at once. */
const AT_ONCE = 16;
/** S3 may list what has just been deleted, or an upload that has just begun. */
const ROUNDS = 5;

/** With its uploads, objects, versions and delete markers. It is fine if there is no such bucket. */
export async function removeBucket(client: S3Client, bucket: string): Promise<void> {
  const failures: unknown[] = [];
  for (let round = 1; ; round++) {
    try {
      failures.push(...(await emptyBucket(client, bucket)));
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      return;
    } catch (error) {
      if ((await statusOf(Promise.reject(error))) === '404') return;
      if ((error as Error).name !== 'BucketNotEmpty') throw error;
      if (round === ROUNDS) throw failures[0] ?? error;
    }
  }
}

/** @returns why some of it is left */
async function emptyBucket(client: S3Client, Bucket: string): Promise<unknown[]> {
  return [
    ...(await untilNoneIsLeft(
      async () => {
        const command = new ListMultipartUploadsCommand({ Bucket, EncodingType: 'url' });
        const { Uploads = [], EncodingType } = await client.send(command);
        return Uploads.map(({ Key, UploadId }) => ({ Bucket, Key: decode(Key, EncodingType), UploadId }));
      },
      (upload) => client.send(new AbortMultipartUploadCommand(upload)),
    )),
    // One by one: a batch cannot hold every key.
    ...(await untilNoneIsLeft(
      async () => {
        const command = new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' });
        const { Versions = [], DeleteMarkers = [], EncodingType } = await client.send(command);
        const versions = [...Versions, ...DeleteMarkers];
        return versions.map(({ Key, VersionId }) => ({ Bucket, Key: decode(Key, EncodingType), VersionId }));
      },
      (version) => client.send(new DeleteObjectCommand(version)),
    )),
    // Some servers show odd keys correctly only here.
    ...(await untilNoneIsLeft(
      async () => {
        const command = new ListObjectsV2Command({ Bucket, EncodingType: 'url' });
        const { Contents = [], EncodingType } = await client.send(command);
        return Contents.map(({ Key }) => ({ Bucket, Key: decode(Key, EncodingType) }));
      },
      (object) => client.send(new DeleteObjectCommand(object)),
    )),
  ];
}

/** Page by page. Also ends if a page comes again, because its entries cannot be removed. @returns what failed */
async function untilNoneIsLeft<T>(list: () => Promise<T[]>, remove: (item: T) => Promise<unknown>): Promise<unknown[]> {
  const failures: unknown[] = [];
  let before = '';
  for (;;) {
    const items = await list();
    const page = JSON.stringify(items);
    if (items.length === 0 || page === before) return failures;
    before = page;
    await inParallel(items, (item) => remove(item).catch((error) => failures.push(error)));
  }
}

/** Not every server encodes keys on request. */
function decode(key: string | undefined, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent((key ?? '').replaceAll('+', ' ')) : (key ?? '');
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of waiting) await work(item);
  });
  await Promise.all(workers);
}
