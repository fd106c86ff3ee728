import type { KeyRange, UnfinishedUpload } from '../../../statemachine/contract';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import { formatBytes } from '../../../wording/numbers';
import { sameAttributes } from '../compare/same-attributes';
import type { Send } from '../concurrency/send';
import type { ListedObject, ObjectHead, PartHead, Tag } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import type { UploadedPart } from '../ports/object-uploads';
import { StoreError, StreamStoppedError } from '../ports/store-error';
import type { RangeTask } from '../range/range-task';
import type { KeptUpload } from '../uploads/kept-uploads';
import { copyParts } from './copy-parts';
import { proveCopy, WrongChecksumError } from './copy-proof';
import { askLayout, type PartLayout, samePlaces } from './part-layout';
import { expectSameVersion } from './same-version';
import { fits, multipartETag, partsBeforeGap } from './uploaded-parts';

/** Parts under way or waiting for their turn, of all objects together; as many as requests can be open by default. */
const LANES = 256;
/** The same of those that go through this machine, which share its network: few that end soon are better than many that do not. */
const STREAM_LANES = 16;
/** In parts of so many bytes goes through this machine what is too large for the time of an invocation. */
export const SLOW_PART_BYTES = 16 * 1024 ** 2;

/** What a copy in parts needs of its Task. */
export type MultipartTask = Pick<
  RangeTask,
  | 'buckets'
  | 'hasTimeFor'
  | 'isEarly'
  | 'input'
  | 'interrupted'
  | 'keptUploads'
  | 'lacks'
  | 'ledger'
  | 'shouldStop'
  | 'storageClassOf'
  | 'tokenOf'
>;

export interface Job {
  readonly version: ListedObject;
  /** The key before it on the source. */
  readonly after: string | undefined;
  /** What HeadObject says of it. */
  readonly head: ObjectHead;
  /** And of its first part. */
  readonly first: PartHead;
  readonly layout: PartLayout;
  /** Absent where an earlier round may have begun with them. */
  readonly tags: readonly Tag[] | undefined;
  readonly destination: CopyRequest['destination'];
  /** Of an earlier round. */
  readonly begun: Upload | undefined;
  /** The parts are the source's own, and its ETag is made of them: so the copy's has to be equal. */
  readonly provesETag?: boolean;
  /** See `UnfinishedUpload`. */
  readonly partBytes?: number | undefined;
}

/** What S3 has made of the parts. */
export interface Completed {
  readonly eTag: string | undefined;
  readonly parts: number;
}

export interface Upload {
  readonly id: string;
  parts: UploadedPart[];
  /** Parts that are missing here may be there all the same, cut in a way that proved wrong. */
  corrected: boolean;
  /** A part was ended in the middle, as its invocation ends. */
  stopped?: boolean;
  readonly partBytes?: number | undefined;
}

/**
 * Copies one object in parts, each of the very version that was listed. What does not fit into this round is handed on
 * with its upload's id; what fails or is interrupted is aborted, so that no parts are left behind.
 */
export class MultipartCopy {
  /** Keys whose uploads of an earlier round are taken up, or may not be. */
  readonly #resumed = new Set<string>();
  /** Objects that are being copied now. */
  #underWay = 0;

  constructor(private readonly task: MultipartTask) {}

  /** @returns the ETag of what was made, or undefined if the object was handed on to the next round @throws StoreError */
  async copy(job: Job, send: Send): Promise<Completed | undefined> {
    this.#underWay += 1;
    try {
      return await this.#copy(job, send);
    } finally {
      this.#underWay -= 1;
    }
  }

  async #copy(job: Job, send: Send): Promise<Completed | undefined> {
    const { key } = job.version;
    const begun = job.begun && fits(job.begun.parts, job.layout) ? job.begun : undefined;
    if (begun) this.#resumed.add(key);
    else if (this.#isTooLateFor(key)) return this.#handOn(job);
    const { isEarly } = this.task;
    const upload = begun ?? (await this.#begin(job, send));
    const present = upload.parts.length;
    const abort = () => this.#abort(job, upload, send);
    try {
      const same = begun ? undefined : this.#expectSame(job, send);
      if ((await this.#copyParts(job, upload, send, same)) && (await this.#prove(job, upload, send))) {
        if (this.task.lacks?.has('copyConditions')) await this.#expectSame(job, send);
        const eTag = await this.#complete(job, upload, send);
        await this.task.keptUploads?.drop(key);
        await proveCopy(this.task, job.head, job.version, eTag, send);
        return { eTag, parts: upload.parts.length };
      }
      if (isEarly && upload.stopped && upload.parts.length === present) this.#expectFaster(job);
    } catch (error) {
      if (error instanceof WrongChecksumError) throw error; // of what was completed
      // With other credentials the next run goes on with it, if it is kept.
      const goesOn = error instanceof CredentialsExpiredError && this.task.keptUploads !== undefined;
      if (!goesOn) await abort().catch(() => {}); // the first error is the one to tell
      throw error;
    }
    if (!this.task.interrupted) return this.#handOn(job, upload);
    await abort();
    return this.#handOn(job);
  }

  /** Begins an upload for the next round to go on with. @throws StoreError */
  async handOnBegun(job: Job, send: Send): Promise<void> {
    const upload = await this.#begin(job, send);
    await this.#expectSame(job, send).catch(async (error: unknown) => {
      await this.#abort(job, upload, send).catch(() => {});
      throw error;
    });
    this.#handOn(job, upload);
  }

  /**
   * Of a copy that is not whole though it had most of an invocation, and got no further.
   *
   * @throws StreamStoppedError  its parts have to be smaller
   * @throws StoreError  they cannot be
   */
  #expectFaster({ version: { key }, layout: { sizes } }: Job): void {
    if (!this.task.buckets.streams || this.task.interrupted) return;
    if (Math.max(...sizes) > SLOW_PART_BYTES)
      throw new StreamStoppedError('Its parts are too large for one invocation');
    throw new StoreError(
      'refused',
      `Not one part of ${formatBytes(SLOW_PART_BYTES)} of "${key}" was sent within one invocation: the way between the two servers is too ` +
        'slow. Mirror from a machine that is nearer to one of them, or set a lower `maxConcurrency`',
    );
  }

  /** Finds the upload of an earlier round, if there is one of this very version. */
  async findBegun({ key, eTag }: ListedObject, send: Send): Promise<Upload | undefined> {
    const upload = this.task.tokenOf(key)?.upload;
    if (upload?.eTag !== eTag || this.#resumed.has(key)) return undefined;
    const { id, rightParts, partBytes } = upload;
    const found = await send(() => this.task.buckets.destination.uploads.listParts(key, id));
    if (!found || rightParts === undefined) return found && { id, parts: found, corrected: false, partBytes };
    return { id, parts: found.filter(({ part }) => part <= rightParts), corrected: true };
  }

  /** What cannot be aborted is left behind, and is no failure of what was done. @param left  what is not walked yet */
  async dropUnused(left: readonly KeyRange[]): Promise<void> {
    const { uploads } = this.task.buckets.destination;
    const unused = this.task.input.tokens.flatMap(({ until, upload }) => {
      if (!upload || until === undefined || this.#resumed.has(until)) return [];
      return left.some((range) => range.until === until && range.after !== until)
        ? []
        : [{ key: until, id: upload.id }];
    });
    await Promise.allSettled(unused.map(({ key, id }) => uploads.abort(key, id)));
  }

  async readTags(key: string, send: Send): Promise<Tag[]> {
    return this.task.input.run.input.tags === 'copy' ? send(() => this.task.buckets.source.readTags(key)) : [];
  }

  async #begin(job: Job, send: Send): Promise<Upload> {
    const { version, head } = job;
    const { keptUploads, buckets } = this.task;
    const { key, checksum } = version;
    const tags = job.tags ?? (await this.readTags(key, send));
    const storageClass = this.task.storageClassOf(version);
    const request = { key, attributes: head.attributes, tags, storageClass, ...(checksum && { checksum }) };
    const identity = keptUploads?.identify(version, head, request);
    const kept = await keptUploads?.find(key);
    const upload = kept && (await this.#takeUp(job, kept, identity, send));
    if (upload) return upload;
    const id = await send(() => buckets.destination.uploads.create(request));
    if (identity !== undefined) await keptUploads?.keep(key, { id, identity });
    return { id, parts: [], corrected: false, partBytes: job.partBytes };
  }

  /** Goes on with what a run has left that was killed. What is of no use any more is thrown away. */
  async #takeUp({ version, ...job }: Job, { id, identity }: KeptUpload, wanted: string | undefined, send: Send) {
    const { uploads } = this.task.buckets.destination;
    const isSame = identity === wanted;
    const parts = isSame ? await send(() => uploads.listParts(version.key, id)).catch(noneIfRefused) : undefined;
    if (parts && fits(parts, job.layout)) {
      // If all are there, only one that is sent again shows whether their ETags are MD5s.
      const isUnproved = job.provesETag && multipartETag(parts) !== version.eTag;
      if (isUnproved && parts.length === job.layout.sizes.length) parts.pop();
      return { id, parts, corrected: false, partBytes: job.partBytes };
    }
    await send(() => uploads.abort(version.key, id)).catch(() => {}); // a lifecycle rule has to clear it away
    return undefined;
  }

  async #abort({ version: { key } }: Job, { id }: Upload, send: Send): Promise<void> {
    await this.task.keptUploads?.drop(key);
    await send(() => this.task.buckets.destination.uploads.abort(key, id));
  }

  #expectSame({ version, head }: Job, send: Send): Promise<void> {
    return expectSameVersion(version.key, head, this.task.buckets.source, send);
  }

  /** An object that was handed on always begins, so that a run always ends. */
  #isTooLateFor(key: string): boolean {
    return !this.task.tokenOf(key) && this.task.shouldStop();
  }

  /**
   * Where the layout was assumed, equal ETags prove that it is the source's. Where they differ it was wrong, or one of them
   * is no MD5: then S3 is asked for the layout, and what was cut otherwise is copied again.
   *
   * @returns false where there is no time for that
   */
  async #prove(job: Job, upload: Upload, send: Send): Promise<boolean> {
    const { version, first, layout } = job;
    const { source, streams } = this.task.buckets;
    if (streams) return expectContent(job, upload);
    if (!layout.assumed || multipartETag(upload.parts) === version.eTag) return true;
    if (this.task.interrupted || this.#isTooLateFor(version.key)) return false;
    const sizes = await askLayout(version, { first, copied: new Map() }, source, send);
    // The answers may be about another version, and no part may be left to copy that would be refused then.
    await this.#expectSame(job, send);
    if (!sizes) return true; // S3 does not know, and the content is whole
    const own = { sizes, assumed: false };
    const right = new Set(samePlaces(layout, own));
    upload.parts = upload.parts.filter(({ part }) => right.has(part));
    upload.corrected = true;
    return this.#copyParts({ ...job, layout: own }, upload, send);
  }

  #copyParts(job: Job, upload: Upload, send: Send, condition?: Promise<void>): Promise<boolean> {
    const most = this.task.buckets.streams ? STREAM_LANES : LANES;
    const lanes = this.#lanesWithTime(job, Math.max(1, Math.floor(most / this.#underWay)));
    return copyParts(this.task, job, upload, { lanes, send, condition });
  }

  /** Parts that share a slow line all end late: rather few of them in time than all of them too late. */
  #lanesWithTime({ layout: { sizes } }: Job, most: number): number {
    if (!this.task.buckets.streams) return most;
    const largest = Math.max(...sizes);
    let lanes = most;
    while (lanes > 1 && !this.task.hasTimeFor(lanes * largest)) lanes -= 1;
    return lanes;
  }

  /** An answer that was lost makes S3 refuse the next attempt, though the object is there. */
  async #complete({ version, head, destination }: Job, { id, parts }: Upload, send: Send): Promise<string | undefined> {
    const { key, sizeBytes, checksum } = version;
    const { buckets } = this.task;
    const request = {
      ...{ key, uploadId: id, parts, sizeBytes, checksum, ...(destination && { destination }) },
      ...(buckets.streams &&
        checksum?.type === 'FULL_OBJECT' && { checksums: pick(head.checksums, checksum.algorithm) }),
    };
    try {
      return await send(() => buckets.destination.uploads.complete(request));
    } catch (error) {
      if (!(error instanceof StoreError) || !['upload-ended', 'changed'].includes(error.reason)) throw error;
      const found = await send(() => buckets.destination.headObject(key)).catch(() => undefined);
      if (found?.eTag !== multipartETag(parts) || !sameAttributes(found.attributes, head.attributes)) throw error;
      await send(() => buckets.destination.uploads.abort(key, id)).catch(() => {}); // an equal object may be somebody else's
      return found.eTag;
    }
  }

  #handOn({ version: { key, eTag }, after }: Job, upload?: Upload): undefined {
    const unfinished: UnfinishedUpload | undefined = upload && {
      id: upload.id,
      eTag,
      ...(upload.corrected && { rightParts: partsBeforeGap(upload.parts) }),
      ...(upload.partBytes !== undefined && { partBytes: upload.partBytes }),
    };
    const token = { ...(after !== undefined && { after }), until: key };
    this.task.ledger.handOn({ ...token, ...(unfinished && { upload: unfinished }) });
    return undefined;
  }
}

function noneIfRefused(error: unknown): undefined {
  if (!(error instanceof StoreError)) throw error;
}

/** @throws StoreError  what went through this machine is not what the source's ETag says */
function expectContent({ version: { key, eTag }, provesETag }: Job, { parts }: Upload): true {
  // The parts of an earlier round are known by the destination's ETags alone, which are no MD5s under a key.
  const sent = multipartETag(parts.map((part) => ({ ...part, eTag: part.md5 ?? part.eTag })));
  if (!provesETag || sent === eTag || parts.some(({ md5 }) => md5 === undefined && !isPlain(parts))) return true;
  throw new StoreError(
    'contradictory',
    `The source's content of "${key}" has the ETag ${sent} in its own parts, and is listed with ${eTag}: it is damaged there or on ` +
      'the way. If that server makes ETags of parts in another way, set `parts` to "fewest"',
  );
}

/** Whether the destination's ETags of parts are MD5s, as far as those tell that were just sent. */
function isPlain(parts: readonly UploadedPart[]): boolean {
  return (
    parts.some(({ md5 }) => md5 !== undefined) && parts.every(({ md5, eTag }) => md5 === undefined || md5 === eTag)
  );
}

function pick(checksums: Readonly<Record<string, string>>, algorithm: string): Readonly<Record<string, string>> {
  const value = checksums[algorithm];
  return value === undefined ? {} : { [algorithm]: value };
}
