import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import type { KeptHeader } from '../../../statemachine/lacks';
import { RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { lostHeaders } from '../../engine/compare/copied-headers';
import type { HeaderTrial } from '../../engine/ports/bucket-probes';
import type { ObjectAttributes } from '../../engine/ports/bucket-reader';
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
/** A date, because the SDK requires one here. */
const Expires = new Date('2037-10-21T07:28:00Z');

type Place = Pick<Side, 'client' | 'bucket' | 'owner' | 'requestPayer'>;

/**
 * Writes an object of its own beside the lock, copies it in two ways, and takes all of it away again.
 *
 * @param copies  whether the server makes copies in this run; else the upload is all that matters
 */
export async function tryHeaders(place: Place, copies: boolean): Promise<HeaderTrial> {
  const { client, bucket, owner, requestPayer } = place;
  const key = `${RESERVED_FOLDER}probe-${randomUUID()}`;
  const object = { Bucket: bucket, ExpectedBucketOwner: owner, RequestPayer: requestPayer };
  const head = async (name: string) =>
    readAttributes(await client.send(new HeadObjectCommand({ ...object, Key: name })));
  const made: string[] = [];
  const lostBy = async (way: Partial<CopyObjectCommandInput>, put: ObjectAttributes): Promise<KeptHeader[]> => {
    const copy = `${key}-${made.length}`;
    const source = encodeCopySource({ bucket, prefix: '', owner }, key);
    made.push(copy);
    await client.send(new CopyObjectCommand({ ...object, Key: copy, CopySource: source, ...way }));
    return lostHeaders(put, await head(copy));
  };
  const headers = { ...headersOf(ATTRIBUTES), Expires };
  made.push(key);
  try {
    await client.send(new PutObjectCommand({ ...object, Key: key, Body: 'Nobody needs this object.\n', ...headers }));
    const put = await head(key);
    const uploaded = lostHeaders({ ...ATTRIBUTES, expires: Expires.toUTCString() }, put);
    const copied = copies ? await lostBy({}, put) : [];
    if (copied.length === 0) return { uploaded, copied, anew: [] };
    return { uploaded, copied, anew: await lostBy({ MetadataDirective: 'REPLACE', ...headers }, put) };
  } finally {
    const deletes = made.map((name) => client.send(new DeleteObjectCommand({ ...object, Key: name })));
    await Promise.allSettled(deletes);
  }
}
