import { CredentialsExpiredError } from '../../../statemachine/errors';
import { formatBytes } from '../../../wording/numbers';
import { sameAttributes } from '../compare/same-attributes';
import type { Send } from '../concurrency/send';
import type { ObjectHead } from '../ports/bucket-reader';
import { StoreError, StreamStoppedError, TooSlowError } from '../ports/store-error';
import type { Deadline } from '../range/deadline';
import type { Ledger } from '../range/ledger';
import type { StopRules } from '../range/stop-rules';
import type { WrittenVersions } from '../range/written-versions';
import type { BegunUploads, UploadsTask } from './begun-uploads';
import type { Completed, Job, Upload } from './copy-job';
import { copyParts } from './copy-parts';
import { proveCopy, WrongChecksumError } from './copy-proof';
import { expectContent } from './expect-content';
import { hasTimeFor, wasHandedOn } from './may-begin';
import { askLayout, samePlaces } from './part-layout';
import { expectSameVersion } from './same-version';
import { classOfCopy } from './storage-class';
import type { TagWatch } from './tag-watch';
import { fits, multipartETag, partsBeforeGap } from './uploaded-parts';

/**
 * How many parts of all objects together are in flight or wait for their turn: as many as requests can be open by default.
 */
const LANES = 256;
/**
 * The same for parts that go through this machine. They share its network, so a few parts that end soon are better than
 * many slow ones.
 */
const STREAM_LANES = 16;
/** The size of parts for a copy through this machine that does not fit into the time of an invocation. */
export const SLOW_PART_BYTES = 16 * 1024 ** 2;

/** What a copy in parts needs of its Task. */
export interface MultipartTask extends UploadsTask {
  readonly ledger: Ledger;
  readonly written: WrittenVersions;
  readonly deadline: Deadline;
  readonly stops: StopRules;
}

/**
 * Copies one object in parts, each of them from the listed version. If the object does not fit into this round, it is
 * handed on with the id of its upload. If it fails or is interrupted, the upload is aborted, so that no parts are left
 * behind.
 */
export class MultipartCopy {
  /** Objects that are being copied now. */
  #underWay = 0;

  constructor(
    private readonly task: MultipartTask,
    private readonly uploads: BegunUploads,
    private readonly tags: TagWatch,
  ) {}

  /** @returns the ETag of the copy, or undefined if the object was handed on to the next round @throws StoreError */
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
    if (begun) this.task.uploads.take(key);
    else if (this.#isTooLateFor(job)) return this.#handOn(job);
    const { isEarly } = this.task.deadline;
    const upload = begun ?? (await this.uploads.begin(job, send));
    const present = upload.parts.length;
    const abort = () => this.uploads.abort(key, upload, send);
    try {
      const same = begun ? undefined : this.#expectSame(job, send);
      if ((await this.#copyParts(job, upload, send, same)) && (await this.#prove(job, upload, send))) {
        if (this.task.lacks?.has('copyConditions')) await this.#expectSame(job, send);
        const eTag = await this.#complete(job, upload, send);
        await this.task.keptUploads?.drop(key);
        const made = await proveCopy(this.task, job.head, job.version, eTag, send);
        if (made) await this.#lookAtTags(job, made, send);
        return { eTag, parts: upload.parts.length };
      }
      if (isEarly && upload.stopped && upload.parts.length === present) this.#expectFaster(job);
    } catch (error) {
      if (error instanceof WrongChecksumError) throw error; // of what was completed
      // If the upload is kept, the next run continues it with other credentials.
      const goesOn = error instanceof CredentialsExpiredError && this.task.keptUploads !== undefined;
      if (!goesOn) await abort().catch(() => {}); // report the first error
      throw error;
    }
    if (job.mends) {
      await abort().catch(() => {});
      throw job.mends;
    }
    if (!this.task.stops.interrupted) return this.#handOn(job, upload);
    await abort();
    return this.#handOn(job);
  }

  #lookAtTags({ version, head, tags }: Job, made: ObjectHead, send: Send): Promise<void> {
    const storageClass = classOfCopy(this.task, version, head.storageClass);
    const tagCount = this.task.input.run.input.tags === 'copy' ? (tags?.length ?? head.tagCount) : 0;
    return this.tags.look({ key: version.key, eTag: made.eTag, way: 'parts', storageClass, tagCount }, send, made);
  }

  /** Begins an upload for the next round to go on with. @throws StoreError */
  async handOnBegun(job: Job, send: Send): Promise<void> {
    const upload = await this.uploads.begin(job, send);
    await this.#expectSame(job, send).catch(async (error: unknown) => {
      await this.uploads.abort(job.version.key, upload, send).catch(() => {});
      throw error;
    });
    this.#handOn(job, upload);
  }

  /**
   * Ends a copy that is not complete although it had most of an invocation.
   *
   * @throws StreamStoppedError  its parts must be smaller
   * @throws TooSlowError  its parts cannot be smaller
   */
  #expectFaster({ version: { key }, layout: { sizes } }: Job): void {
    if (!this.task.buckets.streams || this.task.stops.interrupted) return;
    if (Math.max(...sizes) > SLOW_PART_BYTES)
      throw new StreamStoppedError('Its parts are too large for one invocation');
    throw new TooSlowError(
      `Not one part of ${formatBytes(SLOW_PART_BYTES)} of "${key}" was sent within one invocation: the way between the two servers is too ` +
        'slow. Mirror from a machine that is nearer to one of them, or set a lower `maxConcurrency`',
    );
  }

  #expectSame({ version, head }: Job, send: Send): Promise<void> {
    return expectSameVersion(version.key, head, this.task.buckets.source, send);
  }

  /** An object that was handed on always begins, so that every run ends. */
  #isTooLateFor({ version: { key }, mends }: Job): boolean {
    return !mends && !wasHandedOn(this.task.input, key) && this.task.stops.shouldStop();
  }

  /**
   * If the layout was assumed, equal ETags prove that it is the source's layout. If the ETags differ, the layout was
   * wrong, or one of the ETags is no MD5. Then bucketsync asks S3 for the layout and copies the wrong parts again.
   *
   * @returns false if there is no time for that
   */
  async #prove(job: Job, upload: Upload, send: Send): Promise<boolean> {
    const { version, first, layout } = job;
    const { source, streams } = this.task.buckets;
    if (streams) return expectContent(job, upload);
    if (!layout.assumed || multipartETag(upload.parts) === version.eTag) return true;
    if (!job.mends && (this.task.stops.interrupted || this.#isTooLateFor(job))) return false;
    const sizes = await askLayout(version, { first, copied: new Map() }, source, send);
    // The answers may be about another version, and perhaps no part is left whose copy S3 would then reject.
    await this.#expectSame(job, send);
    if (!sizes) return true; // S3 does not know the layout, and the content is complete
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

  /** Parts that share a slow line all end late. A few parts in time are better than all of them too late. */
  #lanesWithTime({ layout: { sizes } }: Job, most: number): number {
    if (!this.task.buckets.streams) return most;
    const largest = Math.max(...sizes);
    let lanes = most;
    while (lanes > 1 && !hasTimeFor(this.task, lanes * largest)) lanes -= 1;
    return lanes;
  }

  /** If an answer was lost, S3 rejects the next attempt although the object exists. */
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
      await send(() => buckets.destination.uploads.abort(key, id)).catch(() => {}); // somebody else may have written an equal object
      if (found.versionId !== undefined) this.task.written.note(key, found.versionId);
      return found.eTag;
    }
  }

  #handOn({ version: { key, eTag }, after }: Job, upload?: Upload): undefined {
    this.task.ledger.handOn({ ...(after !== undefined && { after }), until: key });
    if (!upload) return undefined;
    const { id, corrected, parts, partBytes } = upload;
    const rightParts = corrected ? partsBeforeGap(parts) : undefined;
    this.task.uploads.handOn({
      ...{ key, id, eTag },
      ...(rightParts !== undefined && { rightParts }),
      ...(partBytes !== undefined && { partBytes }),
    });
    return undefined;
  }
}

function pick(checksums: Readonly<Record<string, string>>, algorithm: string): Readonly<Record<string, string>> {
  const value = checksums[algorithm];
  return value === undefined ? {} : { [algorithm]: value };
}
