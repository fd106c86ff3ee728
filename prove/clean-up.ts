import {
  AbortMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Signing } from './aws-call';
import type { Journal, Resource } from './journal';
import { statusOf } from './outcome';
import { removeKey } from './remove-key';
import { removeRole } from './remove-role';
import { removeStack } from './remove-stack';

/** What could not be removed, and why. */
export interface Leftover {
  readonly resource: Resource;
  readonly reason: string;
}

/** How many deletes are sent at once. */
const AT_ONCE = 16;
/** S3 may list what has just been deleted, or an upload that has just begun. */
const ROUNDS = 5;

/** Removes all that a journal names, and then the journal. @returns what is left */
export async function cleanUp(journal: Journal, signingOf: (region: string) => Signing): Promise<Leftover[]> {
  const leftovers: Leftover[] = [];
  for (const resource of journal.left) {
    try {
      await remove(resource, signingOf(resource.region));
      journal.noteGone(resource);
    } catch (error) {
      leftovers.push({ resource, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  journal.close();
  return leftovers;
}

function remove({ kind, name }: Resource, signing: Signing): Promise<void> {
  if (kind === 'bucket') return removeBucket(signing.client, name);
  if (kind === 'role') return removeRole(signing, name);
  if (kind === 'stack') return removeStack(signing, name);
  return removeKey(signing, name);
}

/** With its uploads, objects, versions and delete markers. It is fine if there is no such bucket. */
async function removeBucket(client: S3Client, bucket: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      await emptyBucket(client, bucket);
      await client.send(new DeleteBucketCommand({ Bucket: bucket }));
      return;
    } catch (error) {
      if ((await statusOf(Promise.reject(error))) === '404') return;
      if (round === ROUNDS || (error as Error).name !== 'BucketNotEmpty') throw error;
    }
  }
}

async function emptyBucket(client: S3Client, Bucket: string): Promise<void> {
  await untilNoneIsLeft(
    async () => {
      const { Uploads = [], EncodingType } = await client.send(
        new ListMultipartUploadsCommand({ Bucket, EncodingType: 'url' }),
      );
      return Uploads.map(({ Key, UploadId }) => ({ Bucket, Key: decode(Key, EncodingType), UploadId }));
    },
    (upload) => client.send(new AbortMultipartUploadCommand(upload)).catch(ignoreAbsence),
  );
  // One by one: a batch cannot hold every key.
  await untilNoneIsLeft(
    async () => {
      const {
        Versions = [],
        DeleteMarkers = [],
        EncodingType,
      } = await client.send(new ListObjectVersionsCommand({ Bucket, EncodingType: 'url' }));
      return [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({
        Bucket,
        Key: decode(Key, EncodingType),
        VersionId,
      }));
    },
    (version) => client.send(new DeleteObjectCommand(version)),
  );
}

/** Page by page; ends, too, where a page comes again, since what is on it cannot be removed. */
async function untilNoneIsLeft<T>(list: () => Promise<T[]>, remove: (item: T) => Promise<unknown>): Promise<void> {
  let before = '';
  for (;;) {
    const items = await list();
    const page = JSON.stringify(items);
    if (items.length === 0 || page === before) return;
    before = page;
    await inParallel(items, remove);
  }
}

/** Not every server encodes what it is asked to encode. */
function decode(key: string | undefined, encoding: string | undefined): string {
  return encoding === 'url' ? decodeURIComponent((key ?? '').replaceAll('+', ' ')) : (key ?? '');
}

function ignoreAbsence(error: Error): void {
  if (error.name !== 'NoSuchUpload') throw error;
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = items.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const item of waiting) await work(item);
  });
  await Promise.all(workers);
}
