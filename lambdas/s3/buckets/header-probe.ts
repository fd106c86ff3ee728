import { randomUUID } from 'node:crypto';
import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
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
export async function tryHeaders(place: Place, wanted: Wanted): Promise<HeaderTrial> {
  const trial = new Trial(place);
  try {
    return await trial.run(wanted);
  } finally {
    await trial.cleanUp();
  }
}

class Trial {
  readonly #key = `${RESERVED_FOLDER}probe-${randomUUID()}`;
  readonly #bucket: Pick<CopyObjectCommandInput, 'ExpectedBucketOwner' | 'RequestPayer'> & { readonly Bucket: string };
  readonly #made: string[] = [];

  constructor(private readonly place: Place) {
    const { bucket, owner, requestPayer } = place;
    this.#bucket = { Bucket: bucket, ExpectedBucketOwner: owner, RequestPayer: requestPayer };
  }

  async run({ copies, tags }: Wanted): Promise<HeaderTrial> {
    const headers = { ...headersOf(ATTRIBUTES), Expires };
    await this.#put(headers);
    const put = await this.#head(this.#key);
    const uploaded = lostHeaders({ ...ATTRIBUTES, expires: Expires.toUTCString() }, put);
    const first = copies ? await this.#tryCopy() : undefined;
    if (first instanceof Error) return { makesNoCopies: first, uploaded, copied: [], anew: [] };
    const copied = first === undefined ? [] : lostHeaders(put, await this.#head(first));
    const anew = copied.length === 0 ? [] : await this.#lostBy({ MetadataDirective: 'REPLACE', ...headers }, put);
    // last, since a server without tags may take their request for a new object
    return { uploaded, copied, anew, losesTags: tags ? await this.#losesTags().catch(() => undefined) : undefined };
  }

  async cleanUp(): Promise<void> {
    const { client } = this.place;
    const deletes = this.#made.map((Key) => client.send(new DeleteObjectCommand({ ...this.#bucket, Key })));
    await Promise.allSettled(deletes);
  }

  async #put(headers: Partial<PutObjectCommandInput>): Promise<void> {
    this.#made.push(this.#key);
    const object = { ...this.#bucket, Key: this.#key, Body: 'Nobody needs this object.\n', ...headers };
    await this.place.client.send(new PutObjectCommand(object));
  }

  async #head(Key: string): Promise<ObjectAttributes> {
    return readAttributes(await this.place.client.send(new HeadObjectCommand({ ...this.#bucket, Key })));
  }

  /** A server that does not know copies may refuse them, or take them for an upload of nothing. */
  async #tryCopy(): Promise<string | Error> {
    try {
      return await this.#copyBy({});
    } catch (error) {
      if (isUnknownRequest(error) || (await this.#isEmpty(this.#made.at(-1)))) return error as Error;
      throw error;
    }
  }

  /** @returns the key of the copy */
  async #copyBy(way: Partial<CopyObjectCommandInput>): Promise<string> {
    const { client, bucket, owner } = this.place;
    const Key = `${this.#key}-${this.#made.length}`;
    const CopySource = encodeCopySource({ bucket, prefix: '', owner }, this.#key);
    this.#made.push(Key);
    await client.send(new CopyObjectCommand({ ...this.#bucket, Key, CopySource, ...way }));
    return Key;
  }

  async #isEmpty(Key: string | undefined): Promise<boolean> {
    const { client } = this.place;
    const answer = await client.send(new HeadObjectCommand({ ...this.#bucket, Key })).catch(() => undefined);
    return answer?.ContentLength === 0;
  }

  async #lostBy(way: Partial<CopyObjectCommandInput>, put: ObjectAttributes): Promise<KeptHeader[]> {
    return lostHeaders(put, await this.#head(await this.#copyBy(way)));
  }

  async #losesTags(): Promise<boolean> {
    const { client } = this.place;
    await client.send(new PutObjectTaggingCommand({ ...this.#bucket, Key: this.#key, Tagging: { TagSet } }));
    return !(await this.#hasTags(await this.#copyBy({}))) && (await this.#hasTags(this.#key));
  }

  async #hasTags(Key: string): Promise<boolean> {
    const { TagSet = [] } = await this.place.client.send(new GetObjectTaggingCommand({ ...this.#bucket, Key }));
    return TagSet.length > 0;
  }
}
