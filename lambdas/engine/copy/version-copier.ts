import { LARGE_BYTES, LARGE_STREAM_BYTES } from '../../../statemachine/budgets';
import { sameAttributes, sameChecksums } from '../compare/same-attributes';
import { sameSecond } from '../compare/same-second';
import type { Send } from '../concurrency/send';
import type { Surcharges } from '../cost/surcharges';
import type { EvidenceLane } from '../evidence/evidence-writer';
import type { BucketReader, ListedObject, ObjectHead } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import type { MultipartLimits } from '../ports/object-uploads';
import { type StoreError, StreamStoppedError, UnsupportedError } from '../ports/store-error';
import { writesConditionally } from '../run/writes-conditionally';
import { BegunUploads } from './begun-uploads';
import type { Completed, Job } from './copy-job';
import { expectListedVersion, isAboutChecksum, known, proveCopy, WrongChecksumError } from './copy-proof';
import { HeaderKeeper, type HeaderTask } from './header-keeper';
import { hasTimeFor, wasHandedOn } from './may-begin';
import { isKnown, mayGoWhole } from './may-go-whole';
import { MultipartCopy, type MultipartTask, SLOW_PART_BYTES } from './multipart-copy';
import { mayNeedParts } from './part-layout';
import { planParts } from './plan-parts';
import { expectSameVersion } from './same-version';
import { classOfCopy, keepsClass } from './storage-class';
import { type Made, TagWatch } from './tag-watch';
import { expectFitting, fitsOneCopy, withoutParts } from './too-large';

/** What the copy of a version needs of its Task. */
export interface VersionTask extends MultipartTask, HeaderTask {
  readonly multipart: MultipartLimits;
  readonly surcharges: Surcharges;
}

/** An object of the source, as the walk meets it. */
export interface Pair {
  readonly source: ListedObject;
  readonly destination: ListedObject | undefined;
  /** The key before it on the source; with `source.key` it makes a range of this one object. */
  readonly after: string | undefined;
  /** Receives what a copy of this object proves. */
  readonly lane: EvidenceLane;
  /** No guard has judged whether this object may be overwritten, because the plan could not decide about it. */
  readonly isUnjudged?: boolean | undefined;
}

/** The object was not copied: the next round goes on with it. */
export const HANDED_ON = Symbol('handed on');

/** The copy: its ETag if S3 returned it, and its parts if it was copied in parts. */
export type Copy = { readonly eTag: string | undefined; readonly parts?: number } | typeof HANDED_ON;

/** What a copy of a whole object replaces. */
interface Replacing extends Pick<Job, 'mends'> {
  readonly condition?: CopyRequest['destination'];
}

/** Copies one version of an object, by one CopyObject or in parts. It copies that version or nothing. */
export class VersionCopier {
  readonly #uploads: BegunUploads;
  readonly #multipart: MultipartCopy;
  readonly #headers: HeaderKeeper;
  readonly #tags: TagWatch;

  constructor(private readonly task: VersionTask) {
    this.#uploads = new BegunUploads(task);
    this.#tags = new TagWatch(task);
    this.#multipart = new MultipartCopy(task, this.#uploads, this.#tags);
    this.#headers = new HeaderKeeper(task);
  }

  /** Whether the copy may take long or many requests. */
  isLarge(source: ListedObject): boolean {
    return source.sizeBytes > this.#largeBytes || this.#mayNeedParts(source);
  }

  /**
   * @param head  HeadObject of the source, if it is known
   * @throws StoreError  `changed` if the source, or with a condition the destination, is another version by now
   */
  async copy(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead): Promise<Copy> {
    await this.#headers.learn();
    if (!this.#mayNeedParts(version) && !this.#isCut(version)) return this.#copyWhole(pair, version, send, head);
    const { lacks, buckets } = this.task;
    if (lacks?.has('partCopies') && !buckets.streams) return this.#copyWhole(pair, expectFitting(version), send, head);
    if (lacks?.has('partChecksums') && fitsOneCopy(version)) return this.#copyWhole(pair, version, send, head);
    try {
      const job = await this.#planParts(pair, version, send, head);
      if (job) return (await this.#copyInParts(job, send)) ?? HANDED_ON;
    } catch (error) {
      if (error instanceof StreamStoppedError) return this.#cutSmaller(pair, version, send);
      // AWS supports everything for parts. On other servers CopyObject may work if parts do not.
      if (!lacks || !mayGoWhole(error)) throw error;
      return this.#copyWholeInstead(pair, version, send, error);
    }
    return this.#copyWhole(pair, version, send, head);
  }

  /**
   * Checks the object that the server made of the parts. If the server computes or accepts a checksum wrongly, the next
   * upload sends none.
   */
  async #copyInParts(job: Job, send: Send): Promise<Completed | undefined> {
    const { lacks } = this.task;
    try {
      return await this.#multipart.copy(job, send);
    } catch (error) {
      if (!lacks || !isAboutChecksum(error) || !job.version.checksum) throw error;
      // This saves the next run from sending everything twice to find it out.
      lacks.add('uploadChecksums', error, { lasting: this.task.buckets.streams });
      const version = { ...job.version, checksum: undefined };
      const mends = error instanceof WrongChecksumError ? error : undefined;
      const destination = job.destination && (mends ? { eTag: mends.eTag } : job.destination);
      return this.#multipart.copy({ ...job, version, destination, begun: undefined, mends }, send);
    }
  }

  /** @throws StoreError  the copy in parts failed, and the object cannot be copied in one piece */
  async #copyWholeInstead(pair: Pair, version: ListedObject, send: Send, error: StoreError): Promise<Copy> {
    if (!fitsOneCopy(version)) throw error instanceof UnsupportedError ? withoutParts(error) : error;
    const { lacks, buckets } = this.task;
    const head = await send(() => buckets.source.headObject(version.key, { checksums: true }));
    const mends = error instanceof WrongChecksumError ? error : undefined;
    const condition = mends && this.#condition(pair) && { eTag: mends.eTag };
    const copy = await this.#copyWhole(pair, version, send, head, { ...(condition && { condition }), mends });
    if (copy === HANDED_ON) return copy;
    await proveCopy(this.task, head, version, copy.eTag, send);
    const lack = isKnown(error) ? error.lack : 'somePartCopies';
    if (lack) lacks?.add(lack, error);
    return copy;
  }

  async #copyWhole(
    pair: Pair,
    version: ListedObject,
    send: Send,
    head?: ObjectHead,
    { condition = this.#condition(pair), mends }: Replacing = {},
  ): Promise<Copy> {
    const { source: from, destination: to, streams } = this.task.buckets;
    if (streams) return this.#stream(pair, version, send, { condition, mends });
    const known = head ?? (this.#mustKnow(version) ? await send(() => from.headObject(version.key)) : undefined);
    const request = this.#request(version, known, condition);
    const copy: Copy = await send(async () => {
      if (this.#comesTooLate(version, mends)) return this.#handOn(pair);
      return { eTag: await to.copyObject(request) };
    }).catch((error: unknown): Copy => {
      if (error instanceof StreamStoppedError && !mends) return this.#handOn(pair); // the server had refused to copy it
      throw error;
    });
    if (copy === HANDED_ON) return copy;
    const { eTag } = copy;
    const made = known && eTag !== undefined ? await this.#headers.keep(request, eTag, known, send) : eTag;
    if (known && (request.websiteRedirect !== undefined || made !== eTag || request.attributes)) {
      await expectSameVersion(version.key, known, from, send);
    } else if (this.task.lacks?.has('copyConditions')) await expectListedVersion(version, from, send);
    const tagCount = known ? await this.#tags.countTags(version.key, known, send) : 0;
    const { storageClass } = request;
    await this.#tags.look({ ...this.#made(version, made, 'whole', tagCount), storageClass }, send);
    return { eTag: made };
  }

  /** One request reads and one writes. The answer to the first one also has the headers. */
  async #stream(pair: Pair, version: ListedObject, send: Send, { condition, mends }: Replacing): Promise<Copy> {
    const { attributes: _, ...request } = this.#request(version, undefined, condition);
    let isEarly = false;
    try {
      const copy: Copy = await send(async () => {
        if (this.#comesTooLate(version, mends)) return this.#handOn(pair);
        isEarly = this.task.deadline.isEarly;
        return { eTag: await this.task.buckets.destination.copyObject(request) };
      });
      if (copy !== HANDED_ON) await this.#lookAtStreamed(version, copy.eTag, send);
      return copy;
    } catch (error) {
      if (!(error instanceof StreamStoppedError)) throw error;
      if (mends) throw mends;
      const isTooLarge = isEarly && !this.task.stops.interrupted && version.sizeBytes > SLOW_PART_BYTES;
      return isTooLarge ? this.#cutSmaller(pair, version, send) : this.#handOn(pair);
    }
  }

  /** Checks the class and the headers of the copy. `streamed-copy.ts` has checked its tags. */
  async #lookAtStreamed(version: ListedObject, eTag: string | undefined, send: Send): Promise<void> {
    await this.#tags.look(this.#made(version, eTag, 'streamed'), send);
    if (!this.#headers.mustLook()) return;
    const head = await known(() => send(() => this.task.buckets.source.headObject(version.key)));
    // Of a version that was put after the copy was made, the copy cannot have the headers.
    if (head?.eTag !== version.eTag || !sameSecond(head.lastModified, version.lastModified)) return;
    await known(() => this.#headers.look(version.key, eTag, head, send));
  }

  #made(version: ListedObject, eTag: string | undefined, way: Made['way'], tagCount = 0): Made {
    return { key: version.key, eTag, way, storageClass: classOfCopy(this.task, version), tagCount };
  }

  /** If a copy did not get through in most of an invocation, smaller parts do, although the ETag changes. */
  async #cutSmaller(pair: Pair, version: ListedObject, send: Send): Promise<typeof HANDED_ON> {
    const job = await this.#planParts(pair, version, send, undefined, SLOW_PART_BYTES);
    if (!job) return this.#handOn(pair);
    await this.#multipart.handOnBegun(job, send);
    return HANDED_ON;
  }

  /** An earlier round has begun the copy in other parts than the source's. */
  #isCut(version: ListedObject): boolean {
    return this.task.uploads.of(version)?.partBytes !== undefined;
  }

  #handOn({ after, source: { key } }: Pair): typeof HANDED_ON {
    this.task.ledger.handOn({ ...(after !== undefined && { after }), until: key });
    return HANDED_ON;
  }

  /**
   * Finds a copy that succeeded although its answer was lost: S3 then rejects the next conditional attempt. The copy has
   * another ETag if a KMS key encrypts either side, or if the source was uploaded in parts. Then a checksum identifies it.
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

  #planParts(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead, wanted?: number) {
    const wish = { version, after: pair.after, destination: this.#condition(pair), head, partBytes: wanted };
    return planParts(this.task, this.#uploads, wish, send);
  }

  #mayNeedParts(version: ListedObject): boolean {
    return mayNeedParts(version, this.task.multipart, this.task.input.run.input.parts);
  }

  /** A request that copies all of a large object begins only if it can end in this invocation. */
  #comesTooLate({ key, sizeBytes }: ListedObject, mends: StoreError | undefined): boolean {
    if (sizeBytes <= this.#largeBytes || wasHandedOn(this.task.input, key)) return false;
    const fits = hasTimeFor(this.task, sizeBytes);
    if (!mends) return this.task.stops.interrupted || !fits;
    if (!fits) throw mends;
    return false;
  }

  /**
   * A list page does not show a website redirect, and CopyObject drops it, so a HEAD is required. Outside of websites only
   * empty objects are likely to be redirects. But strategies that compare headers must not find a redirect missing later.
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
      storageClass: classOfCopy(this.task, version, head?.storageClass),
      ...(keepsClass(this.task) && { keepsClass: true }),
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
