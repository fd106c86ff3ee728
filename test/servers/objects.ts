import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { compareKeys } from '../../lambdas/engine/keys/compare-keys';
import { putObject } from '../e2e/buckets';
import type { SiteObject } from '../e2e/site';
import { awkwardKeys } from '../local/s3/awkward-keys';

/** A kind of object by its name, which is its key, too. */
export const KINDS: readonly SiteObject[] = [
  { key: 'small', content: 'content' },
  { key: 'empty', content: '' },
  { key: 'folder/', content: '' },
  {
    key: 'headers',
    content: 'content',
    headers: {
      ContentType: 'text/html; charset=utf-8',
      CacheControl: 'max-age=60',
      ContentDisposition: 'inline',
      ContentLanguage: 'de',
    },
  },
  { key: 'expires', content: 'content', expires: new Date('2037-10-21T07:28:00Z') },
  { key: 'metadata', content: 'content', metadata: { team: 'blue', 'a-number': '1' } },
  { key: 'metadata-beyond-ascii', content: 'content', metadata: { who: '=?UTF-8?Q?Zo=C3=AB?=' } },
  { key: 'tags', content: 'content', tags: { team: 'blue', 'cost centre': '1 + 1' } },
  { key: 'class', content: 'content', storageClass: 'STANDARD_IA' },
  { key: 'parts', content: 'the last part', parts: 3 },
  {
    key: 'parts-with-all',
    content: 'last',
    parts: 2,
    metadata: { team: 'blue' },
    headers: { CacheControl: 'no-cache' },
  },
  { key: 'parts-with-tags', content: 'last', parts: 2, tags: { team: 'blue' } },
];

export interface Filled {
  readonly objects: readonly SiteObject[];
  readonly refusedKinds: readonly string[];
  readonly refusedKeys: readonly string[];
  readonly order: 'UTF-8' | 'another';
}

/** Fills a bucket with all that the server keeps, and finds out what that is. */
export async function fillWithAll(s3: S3Client, bucket: string): Promise<Filled> {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const kinds = await keepers(s3, bucket, KINDS);
  const awkward = awkwardKeys.map(({ key }) => ({ key: `keys/${key}`, content: `content of ${key}` }));
  let keys = await keepers(s3, bucket, awkward);
  const first = await listAll(s3, bucket);
  for (const { key } of awkward) if (!first.includes(key)) await remove(s3, bucket, key);
  const listed = await listAll(s3, bucket);
  const inOrder = listed.every((key, index) => index === 0 || compareKeys(listed[index - 1] as string, key) < 0);
  // Where keys are text, nobody can tell this character from one that was lost.
  if (!(await encodesKeys(s3, bucket))) keys = keys.filter(({ key }) => !key.includes('\ufffd'));
  keys = keys.filter(
    ({ key }) => listed.includes(key) && (inOrder || !/[\ue000-\uffff\u{10000}-\u{10ffff}]/u.test(key)),
  );
  const kept = [...kinds, ...keys];
  const wanted = new Set(kept.map(({ key }) => key));
  for (const { key } of [...KINDS, ...awkward]) if (!wanted.has(key)) await remove(s3, bucket, key);
  for (const key of listed) if (!wanted.has(key)) await remove(s3, bucket, key);
  return {
    objects: kept,
    refusedKinds: KINDS.filter(({ key }) => !wanted.has(key)).map(({ key }) => key),
    refusedKeys: awkwardKeys.filter(({ key }) => !wanted.has(`keys/${key}`)).map(({ name }) => name),
    order: inOrder ? 'UTF-8' : 'another',
  };
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
    const { Contents = [], EncodingType, NextContinuationToken } = await s3.send(command);
    const decode = (key: string) => (EncodingType === 'url' ? decodeURIComponent(key.replaceAll('+', ' ')) : key);
    keys.push(...Contents.map(({ Key = '' }) => decode(Key)));
    token = NextContinuationToken;
  } while (token);
  return keys;
}

async function encodesKeys(s3: S3Client, bucket: string): Promise<boolean> {
  const { EncodingType } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: 'url', MaxKeys: 1 }));
  return EncodingType === 'url';
}
