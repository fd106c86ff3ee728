import type { KeyRange } from '../../statemachine/contract';
import type { EvidenceLane } from './evidence-writer';
import { type Job, MultipartCopy } from './multipart-copy';
import { type CopyRequest, type ListedObject, type ObjectHead, type ObjectSource, StoreError } from './object-store';
import { fewestLayout, MULTIPART_LIMITS, mayNeedParts, partLayout } from './part-layout';
import type { RangeTask } from './range-task';
import { sameAttributes, sameChecksums } from './same-attributes';
import { expectSameVersion } from './same-version';
import type { Send } from './send';
import { writesConditionally } from './writes-conditionally';

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

/** Copied within what an invocation keeps back for its end, however slow S3 is; see `RangeTask.hasTimeFor`. */
const LARGE_BYTES = 512 * 1024 * 1024;

const HIDDEN_METADATA =
  'The source object has user metadata that S3 does not show (x-amz-missing-meta), and it is too large for CopyObject, the ' +
  'only request that would carry it over: give it metadata of printable characters, or leave it out with `exclude`';

/** Copies one version of an object, by one CopyObject or in parts: that version or none. */
export class VersionCopier {
  readonly #multipart: MultipartCopy;

  constructor(private readonly task: RangeTask) {
    this.#multipart = new MultipartCopy(task);
  }

  /** Whether it may take long, or many requests. */
  isLarge(source: ListedObject): boolean {
    return source.sizeBytes > LARGE_BYTES || this.#mayNeedParts(source);
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
    const { source: from, destination: to } = this.task.buckets;
    if (this.#mayNeedParts(version)) {
      const job = await this.#planParts(pair, version, send, head);
      if (job) return (await this.#multipart.copy(job, send)) ?? HANDED_ON;
    }
    const known = head ?? (this.#mayRedirect(version) ? await send(() => from.headObject(version.key)) : undefined);
    const copy: Copy = await send(async () => {
      if (this.#comesTooLate(version)) {
        this.task.handOn({ ...(pair.after !== undefined && { after: pair.after }), until: version.key });
        return HANDED_ON;
      }
      return { eTag: await to.copyObject(this.#request(pair, version, known)) };
    });
    if (copy !== HANDED_ON && known?.attributes.websiteRedirect !== undefined) {
      await expectSameVersion(version.key, known, from, send);
    }
    return copy;
  }

  /**
   * Finds the copy that is there all the same: an answer that was lost makes S3 refuse the next attempt under a condition.
   * Its ETag is another one where a key encrypts one of them, or where the source was uploaded in parts; then a checksum
   * tells.
   */
  async findCopy(pair: Pair, { eTag, attributes }: ObjectHead, send: Send): Promise<ObjectHead | undefined> {
    if (!this.#condition(pair)) return undefined;
    const { source, destination } = this.task.buckets;
    const head = (side: ObjectSource) =>
      send(() => side.headObject(pair.source.key, { checksums: true })).catch(() => undefined);
    const found = await head(destination);
    if (!found || !sameAttributes(found.attributes, attributes)) return undefined;
    if (found.eTag === eTag) return found;
    const there = await head(source);
    return there?.eTag === eTag && sameChecksums(there, found) === true ? found : undefined;
  }

  #mayNeedParts(version: ListedObject): boolean {
    return mayNeedParts(version, this.task.multipart, this.task.input.run.input.parts);
  }

  /** @returns undefined where one CopyObject does as well */
  async #planParts(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead): Promise<Job | undefined> {
    const { source } = this.task.buckets;
    // Both of whatever version is there; a part or a copy of another one than was listed is refused by its ETag.
    const isFewest = this.task.input.run.input.parts === 'fewest';
    const [known, first, begun] = await Promise.all([
      head ?? send(() => source.headObject(version.key)),
      isFewest ? { sizeBytes: version.sizeBytes } : send(() => source.headPart(version.key, 1)),
      this.#multipart.findBegun(version, send),
    ]);
    this.task.surcharges.asked(version, isFewest ? 1 : 2);
    if (known.attributes.hiddenMetadata !== undefined) {
      if (version.sizeBytes > MULTIPART_LIMITS.maxCopyBytes) throw new StoreError('hidden-metadata', HIDDEN_METADATA);
      return undefined;
    }
    const copied = new Map(begun?.parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
    const provable = !known.opaqueETag && !begun?.corrected;
    const [layout, tags] = await Promise.all([
      isFewest
        ? fewestLayout(version.sizeBytes, this.task.multipart)
        : partLayout(version, { first, copied, provable }, source, this.task.multipart, send),
      // After the headers: these are looked at again once the upload has begun, and must not be newer than the tags.
      begun ? undefined : this.#multipart.readTags(version.key, send),
    ]);
    const destination = this.#condition(pair);
    return layout && { version, after: pair.after, head: known, first, layout, tags, destination, begun };
  }

  /** One request for all of a large object is not begun unless it can end in this invocation. */
  #comesTooLate({ key, sizeBytes }: ListedObject): boolean {
    if (sizeBytes <= LARGE_BYTES || this.task.tokenOf(key)) return false;
    return this.task.interrupted || !this.task.hasTimeFor(sizeBytes);
  }

  /**
   * A list page does not show a website redirect, and CopyObject drops it: a HEAD has to tell. Outside of websites only
   * an empty object is likely to be one; but strategies that compare headers must not find one missing afterwards.
   */
  #mayRedirect({ sizeBytes }: ListedObject): boolean {
    const { settings, input } = this.task.input.run;
    return sizeBytes === 0 || settings.website || input.compare === 'metadata' || input.compare === 'checksum';
  }

  #request(pair: Pair, version: ListedObject, head: ObjectHead | undefined): CopyRequest {
    const destination = this.#condition(pair);
    return {
      key: version.key,
      sourceETag: version.eTag,
      storageClass: this.task.storageClassOf(version),
      tags: this.task.input.run.input.tags,
      websiteRedirect: head?.attributes.websiteRedirect,
      ...(destination && { destination }),
    };
  }

  #condition({ destination }: Pair): CopyRequest['destination'] {
    if (!writesConditionally(this.task.input.run)) return undefined;
    return destination ? { eTag: destination.eTag } : 'absent';
  }
}
