import { LARGE_BYTES, LARGE_STREAM_BYTES } from '../../../statemachine/budgets';
import type { KeyRange } from '../../../statemachine/contract';
import { sameAttributes, sameChecksums } from '../compare/same-attributes';
import type { Send } from '../concurrency/send';
import type { EvidenceLane } from '../evidence/evidence-writer';
import type { BucketReader, ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import { StoreError, StreamStoppedError, UnsupportedError } from '../ports/store-error';
import type { RangeTask } from '../range/range-task';
import { writesConditionally } from '../run/writes-conditionally';
import { expectListedVersion, isAboutChecksum, proveCopy, WrongChecksumError } from './copy-proof';
import { HeaderKeeper } from './header-keeper';
import { type Completed, type Job, MultipartCopy, type MultipartTask, SLOW_PART_BYTES } from './multipart-copy';
import { fewestLayout, MULTIPART_LIMITS, mayNeedParts, partLayout } from './part-layout';
import { planStream } from './plan-stream';
import { expectSameVersion } from './same-version';
import { expectFitting, fitsOneCopy, HIDDEN_TAGS, withoutParts } from './too-large';

/** What the copy of a version needs of its Task. */
export type VersionTask = MultipartTask &
  Pick<RangeTask, 'isDestinationAws' | 'multipart' | 'openProbes' | 'surcharges'>;

/** An object of the source, as the walk meets it. */
export interface Pair {
  readonly source: ListedObject;
  readonly destination: ListedObject | undefined;
  /** The key before it on the source; with `source.key` it makes a range of this one object. */
  readonly after: string | undefined;
  /** Takes what a copy of it proves. */
  readonly lane: EvidenceLane;
}

/** The object was not copied: the next round goes on with it. */
export const HANDED_ON = Symbol('handed on');

/** What was made at the destination: its ETag only if S3 told it, and its parts if it was copied in parts. */
export type Copy = { readonly eTag: string | undefined; readonly parts?: number } | typeof HANDED_ON;

const HIDDEN_METADATA =
  'The source object has user metadata that S3 does not show (x-amz-missing-meta), and it is too large for CopyObject, the ' +
  'only request that would carry it over: give it metadata of printable characters, or leave it out with `exclude`';

/** Copies one version of an object, by one CopyObject or in parts: that version or none. */
export class VersionCopier {
  readonly #multipart: MultipartCopy;
  readonly #headers: HeaderKeeper;

  constructor(private readonly task: VersionTask) {
    this.#multipart = new MultipartCopy(task);
    this.#headers = new HeaderKeeper(task);
  }

  /** Whether it may take long, or many requests. */
  isLarge(source: ListedObject): boolean {
    return source.sizeBytes > this.#largeBytes || this.#mayNeedParts(source);
  }

  /** Throws away the uploads that an earlier round began of objects that need them no more. @param left  what is not walked yet */
  dropUnusedUploads(left: readonly KeyRange[]): Promise<void> {
    return this.#multipart.dropUnused(left);
  }

  /**
   * @param head  what HeadObject says of the source, if that is known
   * @throws StoreError  `changed` where the source, or under a condition the destination, is another version by now
   */
  async copy(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead): Promise<Copy> {
    if (!this.#mayNeedParts(version) && !this.#isCut(version)) return this.#copyWhole(pair, version, send, head);
    const { lacks } = this.task;
    if (lacks?.has('partCopies')) return this.#copyWhole(pair, expectFitting(version), send, head);
    if (lacks?.has('partChecksums') && fitsOneCopy(version)) return this.#copyWhole(pair, version, send, head);
    try {
      const job = await this.#planParts(pair, version, send, head);
      if (job) return (await this.#copyInParts(job, send)) ?? HANDED_ON;
    } catch (error) {
      if (error instanceof StreamStoppedError) return this.#cutSmaller(pair, version, send);
      // AWS knows all of it; elsewhere CopyObject may do what parts cannot.
      if (!lacks || !(error instanceof UnsupportedError || error instanceof WrongChecksumError)) throw error;
      return this.#copyWholeInstead(pair, version, send, error);
    }
    return this.#copyWhole(pair, version, send, head);
  }

  /** What the server made of the parts is proved; if its checksum is wrong or refused, the next upload leaves it to the server. */
  async #copyInParts(job: Job, send: Send): Promise<Completed | undefined> {
    const { lacks } = this.task;
    try {
      return await this.#multipart.copy(job, send);
    } catch (error) {
      if (!lacks || !isAboutChecksum(error) || !job.version.checksum) throw error;
      // The next run need not send everything twice to learn it.
      lacks.add('uploadChecksums', error, { lasting: this.task.buckets.streams });
      const version = { ...job.version, checksum: undefined };
      const made = error instanceof WrongChecksumError ? { eTag: error.eTag } : job.destination;
      const destination = job.destination && made;
      return this.#multipart.copy({ ...job, version, destination, begun: undefined }, send);
    }
  }

  /** @throws StoreError  the way in parts has failed, and there is none without */
  async #copyWholeInstead(
    pair: Pair,
    version: ListedObject,
    send: Send,
    error: UnsupportedError | WrongChecksumError,
  ): Promise<Copy> {
    if (!fitsOneCopy(version)) throw error instanceof WrongChecksumError ? error : withoutParts(error);
    const { lacks, buckets } = this.task;
    const head = await send(() => buckets.source.headObject(version.key, { checksums: true }));
    const destination = error instanceof WrongChecksumError && this.#condition(pair) && { eTag: error.eTag };
    const copy = await this.#copyWhole(pair, version, send, head, destination || undefined);
    if (copy === HANDED_ON) return copy;
    await proveCopy(this.task, head, version, copy.eTag, send);
    if (error.lack) lacks?.add(error.lack, error);
    return copy;
  }

  async #copyWhole(
    pair: Pair,
    version: ListedObject,
    send: Send,
    head?: ObjectHead,
    condition = this.#condition(pair),
  ): Promise<Copy> {
    const { source: from, destination: to, streams } = this.task.buckets;
    await this.#headers.learn();
    if (streams) return this.#stream(pair, version, send, condition);
    const known = head ?? (this.#mustKnow(version) ? await send(() => from.headObject(version.key)) : undefined);
    const request = this.#request(version, known, condition);
    const copy: Copy = await send(async () => {
      if (this.#comesTooLate(version)) return this.#handOn(pair);
      return { eTag: await to.copyObject(request) };
    });
    if (copy === HANDED_ON) return copy;
    const { eTag } = copy;
    const made = known && eTag !== undefined ? await this.#headers.keep(request, eTag, known, send) : eTag;
    if (known && (request.websiteRedirect !== undefined || made !== eTag || request.attributes)) {
      await expectSameVersion(version.key, known, from, send);
    } else if (this.task.lacks?.has('copyConditions')) await expectListedVersion(version, from, send);
    return { eTag: made };
  }

  /** One request that reads, and one that writes: what the first one answers has the headers, too. */
  async #stream(pair: Pair, version: ListedObject, send: Send, condition: CopyRequest['destination']): Promise<Copy> {
    const { attributes: _, ...request } = this.#request(version, undefined, condition);
    let isEarly = false;
    try {
      return await send(async () => {
        if (this.#comesTooLate(version)) return this.#handOn(pair);
        isEarly = this.task.isEarly;
        return { eTag: await this.task.buckets.destination.copyObject(request) };
      });
    } catch (error) {
      if (!(error instanceof StreamStoppedError)) throw error;
      const isTooLarge = isEarly && !this.task.interrupted && version.sizeBytes > SLOW_PART_BYTES;
      return isTooLarge ? this.#cutSmaller(pair, version, send) : this.#handOn(pair);
    }
  }

  /** What did not get through in most of an invocation does in smaller parts, though with another ETag. */
  async #cutSmaller(pair: Pair, version: ListedObject, send: Send): Promise<typeof HANDED_ON> {
    const job = await this.#planParts(pair, version, send, undefined, SLOW_PART_BYTES);
    if (!job) return this.#handOn(pair);
    await this.#multipart.handOnBegun(job, send);
    return HANDED_ON;
  }

  /** An earlier round has begun it in parts that it has not at the source. */
  #isCut({ key, eTag }: ListedObject): boolean {
    const upload = this.task.tokenOf(key)?.upload;
    return upload?.partBytes !== undefined && upload.eTag === eTag;
  }

  #handOn({ after, source: { key } }: Pair): typeof HANDED_ON {
    this.task.ledger.handOn({ ...(after !== undefined && { after }), until: key });
    return HANDED_ON;
  }

  /**
   * Finds the copy that is there all the same: an answer that was lost makes S3 refuse the next attempt under a condition.
   * Its ETag is another one where a key encrypts one of them, or where the source was uploaded in parts; then a checksum
   * tells.
   */
  async findCopy(pair: Pair, { eTag, attributes }: ObjectHead, send: Send): Promise<ObjectHead | undefined> {
    if (!this.#condition(pair)) return undefined;
    const { source, destination } = this.task.buckets;
    const head = (side: BucketReader) =>
      send(() => side.headObject(pair.source.key, { checksums: true })).catch(() => undefined);
    const found = await head(destination);
    if (!found || !sameAttributes(found.attributes, attributes)) return undefined;
    if (found.eTag === eTag) return found;
    const there = await head(source);
    return there?.eTag === eTag && sameChecksums(there, found) === true ? found : undefined;
  }

  get #largeBytes(): number {
    return this.task.buckets.streams ? LARGE_STREAM_BYTES : LARGE_BYTES;
  }

  #mayNeedParts(version: ListedObject): boolean {
    return mayNeedParts(version, this.task.multipart, this.task.input.run.input.parts);
  }

  /** @returns undefined where one CopyObject does as well */
  async #planParts(
    pair: Pair,
    version: ListedObject,
    send: Send,
    head?: ObjectHead,
    wanted?: number,
  ): Promise<Job | undefined> {
    const { source, streams } = this.task.buckets;
    // Both of whatever version is there; a part or a copy of another one than was listed is refused by its ETag.
    const isFewest = this.task.input.run.input.parts === 'fewest';
    const [known, first, begun] = await Promise.all([
      this.#headOf(version, head, send),
      isFewest
        ? { sizeBytes: version.sizeBytes }
        : send(() => source.headPart(version.key, 1, { checksums: streams === true })),
      wanted === undefined ? this.#multipart.findBegun(version, send) : undefined,
    ]);
    const partBytes = wanted ?? begun?.partBytes;
    this.task.surcharges.asked(version, isFewest ? 1 : 2);
    if (known.attributes.hiddenMetadata !== undefined) {
      if (streams || version.sizeBytes > MULTIPART_LIMITS.maxCopyBytes)
        throw new StoreError('hidden-metadata', HIDDEN_METADATA);
      return undefined;
    }
    if (this.task.lacks?.has('tagging') && known.tagCount > 0) throw new UnsupportedError(HIDDEN_TAGS);
    const copied = new Map(begun?.parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
    // To read a part twice costs more than to ask for the sizes of all.
    const provable = !streams && !known.opaqueETag && !begun?.corrected;
    const [layout, tags] = await Promise.all([
      isFewest || partBytes !== undefined
        ? fewestLayout(version.sizeBytes, this.task.multipart)
        : partLayout(version, { first, copied, provable }, source, this.task.multipart, send),
      // After the headers: these are looked at again once the upload has begun, and must not be newer than the tags.
      begun ? undefined : this.#multipart.readTags(version.key, send),
    ]);
    const destination = this.#condition(pair);
    const checksum = this.task.lacks?.has('uploadChecksums') ? undefined : version.checksum;
    const job = {
      ...{ version: { ...version, checksum }, after: pair.after, head: known },
      ...{ first, tags, destination, begun },
    };
    const { lacks, multipart: limits } = this.task;
    if (streams) return planStream(job, layout, { isFewest, lacks, limits, partBytes });
    return layout && { ...job, layout };
  }

  /** Of what a server other than AWS's makes of parts, the checksums are held against the source's. */
  async #headOf({ key }: ListedObject, head: ObjectHead | undefined, send: Send): Promise<ObjectHead> {
    const { source, streams } = this.task.buckets;
    if (!this.task.lacks && !streams) return head ?? send(() => source.headObject(key));
    if (head && Object.keys(head.checksums).length > 0) return head;
    return send(() => source.headObject(key, { checksums: true }));
  }

  /** One request for all of a large object is not begun unless it can end in this invocation. */
  #comesTooLate({ key, sizeBytes }: ListedObject): boolean {
    if (sizeBytes <= this.#largeBytes || this.task.tokenOf(key)) return false;
    return this.task.interrupted || !this.task.hasTimeFor(sizeBytes);
  }

  /**
   * A list page does not show a website redirect, and CopyObject drops it: a HEAD has to tell. Outside of websites only
   * an empty object is likely to be one; but strategies that compare headers must not find one missing afterwards.
   */
  #mustKnow({ sizeBytes }: ListedObject): boolean {
    const { settings, input } = this.task.input.run;
    if (this.#headers.mustAsk()) return true;
    return sizeBytes === 0 || settings.website || input.compare === 'metadata' || input.compare === 'checksum';
  }

  #request(version: ListedObject, head: ObjectHead | undefined, destination: CopyRequest['destination']): CopyRequest {
    const attributes = this.#headers.attributesFor(head);
    return {
      key: version.key,
      sourceETag: version.eTag,
      sizeBytes: version.sizeBytes,
      storageClass: this.task.storageClassOf(version),
      tags: this.task.input.run.input.tags,
      websiteRedirect: head?.attributes.websiteRedirect,
      ...(attributes && { attributes }),
      ...(destination && { destination }),
    };
  }

  #condition({ destination }: Pair): CopyRequest['destination'] {
    if (!writesConditionally(this.task.input.run)) return undefined;
    return destination ? { eTag: destination.eTag } : 'absent';
  }
}
