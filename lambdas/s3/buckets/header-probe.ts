import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import type { KeptHeader } from '../../../statemachine/lacks';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { lostHeaders } from '../../engine/compare/copied-headers';
import type { HeaderTrial } from '../../engine/ports/bucket-probes';
import type { ObjectAttributes } from '../../engine/ports/bucket-reader';
import { isUnknownRequest } from '../errors/unknown-request';
import { headersOf } from './attribute-headers';
import { encodeCopySource } from './encode-copy-source';
import { readAttributes } from './read-head';
import type { Side } from './side';

const ATTRIBUTES: ObjectAttributes = {
  contentType: 'text/html; charset=utf-8',
  cacheControl: 'max-age=60',
  contentDisposition: 'inline',
  contentEncoding: 'br',
  contentLanguage: 'en',
  metadata: { bucketsync: 'probe' },
};
const TagSet = [{ Key: 'bucketsync', Value: 'probe' }];
/** A date, because the SDK requires one here. */
const Expires = new Date('2037-10-21T07:28:00Z');

type Place = Pick<Side, 'client' | 'bucket' | 'owner' | 'requestPayer'>;

/** What a run needs to know. */
interface Wanted {
  /** Whether the server makes copies; else the upload is all that matters. */
  readonly copies: boolean;
  /** Whether copies should have tags. */
  readonly tags: boolean;
}

/** Writes an object of its own beside the lock, copies it in each way, and takes all of it away again. */
export async function tryHeaders(place: Place, { copies, tags }: Wanted): Promise<HeaderTrial> {
  const { client, bucket, owner, requestPayer } = place;
  const key = `${RESERVED_FOLDER}probe-${randomUUID()}`;
  const object = { Bucket: bucket, ExpectedBucketOwner: owner, RequestPayer: requestPayer };
  const head = async (name: string) =>
    readAttributes(await client.send(new HeadObjectCommand({ ...object, Key: name })));
  const made: string[] = [];
  const copyBy = async (way: Partial<CopyObjectCommandInput>): Promise<string> => {
    const copy = `${key}-${made.length}`;
    const source = encodeCopySource({ bucket, prefix: '', owner }, key);
    made.push(copy);
    await client.send(new CopyObjectCommand({ ...object, Key: copy, CopySource: source, ...way }));
    return copy;
  };
  const lostBy = async (way: Partial<CopyObjectCommandInput>, put: ObjectAttributes): Promise<KeptHeader[]> =>
    lostHeaders(put, await head(await copyBy(way)));
  const hasTags = async (name: string): Promise<boolean> => {
    const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ ...object, Key: name }));
    return TagSet.length > 0;
  };
  const losesTags = async (): Promise<boolean> => {
    await client.send(new PutObjectTaggingCommand({ ...object, Key: key, Tagging: { TagSet } }));
    return !(await hasTags(await copyBy({}))) && (await hasTags(key));
  };
  /** A server that does not know copies may refuse them, or take them for an upload of nothing. */
  const tryCopy = async (): Promise<string | Error> => {
    try {
      return await copyBy({});
    } catch (error) {
      if (isUnknownRequest(error) || (await isEmpty(made.at(-1)))) return error as Error;
      throw error;
    }
  };
  const isEmpty = async (Key: string | undefined): Promise<boolean> => {
    const answer = await client.send(new HeadObjectCommand({ ...object, Key })).catch(() => undefined);
    return answer?.ContentLength === 0;
  };
  const headers = { ...headersOf(ATTRIBUTES), Expires };
  made.push(key);
  try {
    await client.send(new PutObjectCommand({ ...object, Key: key, Body: 'Nobody needs this object.\n', ...headers }));
    const put = await head(key);
    const uploaded = lostHeaders({ ...ATTRIBUTES, expires: Expires.toUTCString() }, put);
    const first = copies ? await tryCopy() : undefined;
    if (first instanceof Error) return { makesNoCopies: first, uploaded, copied: [], anew: [] };
    const copied = first === undefined ? [] : lostHeaders(put, await head(first));
    const anew = copied.length === 0 ? [] : await lostBy({ MetadataDirective: 'REPLACE', ...headers }, put);
    // last, since a server without tags may take their request for a new object
    return { uploaded, copied, anew, losesTags: tags ? await losesTags().catch(() => undefined) : undefined };
  } finally {
    const deletes = made.map((name) => client.send(new DeleteObjectCommand({ ...object, Key: name })));
    await Promise.allSettled(deletes);
  }
}
