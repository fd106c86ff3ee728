import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { compareKeys } from '../../lambdas/engine/keys/compare-keys';
import { putObject } from '../e2e/buckets';
import type { SiteObject } from '../e2e/site';
import { awkwardKeys } from '../local/s3/awkward-keys';
import { KINDS } from './kinds';

export interface Filled {
  readonly objects: readonly SiteObject[];
  /** What it does not take, or does not give back. */
  readonly refused: readonly string[];
  /** What it keeps, but lists out of UTF-8 order. */
  readonly outOfOrder: readonly string[];
  readonly keepsTags: boolean;
}

/**
 * Fills a bucket with all that the server keeps, and finds out what that is.
 *
 * @param never  keys that end the server
 */
export async function fillWithAll(s3: S3Client, bucket: string, never?: RegExp): Promise<Filled> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const kinds = await keepers(s3, bucket, KINDS);
  const awkward = awkwardKeys.map(({ key }) => ({ key, content: `content of ${key}` }));
  let keys = await keepers(
    s3,
    bucket,
    awkward.filter(({ key }) => !never?.test(key)),
  );
  const first = await listAll(s3, bucket);
  for (const { key } of awkward) if (!first.includes(key)) await remove(s3, bucket, key);
  const listed = await listAll(s3, bucket);
  const inOrder = listed.every((key, index) => index === 0 || compareKeys(listed[index - 1] as string, key) < 0);
  // Where keys are text, nobody can tell this character from one that was lost.
  if (!(await encodesKeys(s3, bucket))) keys = keys.filter(({ key }) => !key.includes('\ufffd'));
  const ordered = new Set(inOrder ? listed : longestInOrder(listed));
  const taken = [...kinds, ...keys].filter(({ key }) => listed.includes(key));
  const kept = taken.filter(({ key }) => ordered.has(key));
  const wanted = new Set(kept.map(({ key }) => key));
  for (const { key } of [...KINDS, ...awkward]) if (!wanted.has(key)) await remove(s3, bucket, key);
  for (const key of listed) if (!wanted.has(key)) await remove(s3, bucket, key);
  return {
    objects: kept,
    refused: [...KINDS, ...awkward]
      .filter(({ key }) => !taken.some((one) => one.key === key))
      .map(({ key }) => nameOf(key)),
    outOfOrder: taken.filter(({ key }) => !ordered.has(key)).map(({ key }) => nameOf(key)),
    keepsTags: (await tagsOf(s3, bucket, 'kinds/tags').catch(() => [])).length > 0,
  };
}

function nameOf(key: string): string {
  return awkwardKeys.find((awkward) => awkward.key === key)?.name ?? key;
}

/** As many of the keys as stand in UTF-8 order. */
function longestInOrder(keys: readonly string[]): string[] {
  const longest: string[][] = [];
  for (const key of keys) {
    const before = longest.filter((run) => compareKeys(run.at(-1) as string, key) < 0);
    longest.push([...(before.sort((a, b) => b.length - a.length)[0] ?? []), key]);
  }
  return longest.sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Puts one after the other, since a file system may take one key for the folder of another. */
async function keepers(s3: S3Client, bucket: string, objects: readonly SiteObject[]): Promise<SiteObject[]> {
  const put: SiteObject[] = [];
  for (const object of objects) {
    try {
      await putObject(s3, bucket, '', object);
      put.push(object);
    } catch {
      // the server does not take it
    }
  }
  const kept: SiteObject[] = [];
  for (const object of put) if (await isKept(s3, bucket, object)) kept.push(object);
  return kept;
}

async function isKept(s3: S3Client, bucket: string, { key, content, parts }: SiteObject): Promise<boolean> {
  try {
    if (parts) return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))) !== undefined;
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return ((await Body?.transformToString()) ?? '') === content;
  } catch {
    return false;
  }
}

async function remove(s3: S3Client, bucket: string, key: string): Promise<void> {
  await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key })).catch(() => {});
}

export async function listAll(s3: S3Client, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  let token: string | undefined;
  do {
    const command: ListObjectsV2Command = new ListObjectsV2Command({
      Bucket: bucket,
      EncodingType: 'url',
      ContinuationToken: token,
    });
    const { Contents = [], EncodingType, IsTruncated, NextContinuationToken } = await s3.send(command);
    const decode = (key: string) => (EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key);
    keys.push(...Contents.map(({ Key = '' }) => decode(Key)));
    token = IsTruncated ? NextContinuationToken : undefined;
  } while (token);
  return keys;
}

async function encodesKeys(s3: S3Client, bucket: string): Promise<boolean> {
  const { EncodingType } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', MaxKeys: 1 }));
  return EncodingType === 'url';
}

export async function tagsOf(s3: S3Client, Bucket: string, Key: string): Promise<string[]> {
  const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
  return TagSet.map(({ Key, Value }) => `${Key}=${Value}`).sort();
}
