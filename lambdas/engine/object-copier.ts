import type { KeyRange } from '../../statemachine/contract';
import { type Inspection, sameAttributes, sameChecksums } from './compare';
import { type Job, MultipartCopy } from './multipart-copy';
import {
  type CopyRequest,
  type ListedObject,
  type ObjectHead,
  type ObjectSource,
  StoreError,
  type StoreErrorReason,
} from './object-store';
import { MULTIPART_LIMITS, mayNeedParts, partLayout } from './part-layout';
import type { RangeTask } from './range-task';
import { expectSameVersion, RewrittenError } from './same-version';

/** An object of the source, as the walk meets it. */
export interface Pair {
  readonly source: ListedObject;
  readonly destination: ListedObject | undefined;
  /** The key before it on the source; with `source.key` it makes a range of this one object. */
  readonly after: string | undefined;
}

/** Sends one request of a task: at once, or when the concurrency has a place for it. */
export type Send = <T>(request: () => Promise<T>) => Promise<T>;

/** Copied within what an invocation keeps back for its end, however slow S3 is; see `RangeTask.hasTimeFor`. */
const LARGE_BYTES = 512 * 1024 * 1024;

const atOnce: Send = (request) => request();

/** Copies objects in parallel, counts and reports each one; no object's failure stops another. */
export class ObjectCopier {
  readonly #multipart: MultipartCopy;

  constructor(private readonly task: RangeTask) {
    this.#multipart = new MultipartCopy(task);
  }

  /** Copies `source`; with a phase that does not write, counts it as if. */
  copy(pair: Pair, reason: string): Promise<void> | undefined {
    if (pair.source.archived) return this.#failArchived(pair.source);
    if (!this.task.input.phase.write) return this.#copied(pair.source, reason);
    return this.#schedule(pair.source, (send) => this.#copyNow(pair, reason, send));
  }

  /** Asks both sides for what the list pages do not show, and copies if there is a reason. */
  inspect(pair: Pair & { readonly destination: ListedObject }, inspection: Inspection): Promise<void> | undefined {
    const { source, destination } = pair;
    const { buckets, counters } = this.task;
    return this.#schedule(source, async (send) => {
      const [there, here] = await Promise.all([
        send(() => buckets.source.headObject(source.key, inspection)),
        send(() => buckets.destination.headObject(destination.key, inspection).catch(absentWhereGone)),
      ]);
      const reason = here ? inspection.judge(there, here) : 'missing';
      if (reason === undefined) counters.unchanged += 1;
      else if (source.archived) await this.#failArchived(source);
      else if (!this.task.input.phase.write) await this.#copied(source, reason);
      else await this.#copyNow({ ...pair, destination: here && destination }, reason, send, there);
    });
  }

  /** Throws away the uploads that an earlier round began of objects that need them no more. @param left  what is not walked yet */
  dropUnusedUploads(left: readonly KeyRange[]): Promise<void> {
    return this.#multipart.dropUnused(left);
  }

  /** A large object waits for a place with each of its requests and holds none in between; it may be handed on. */
  #schedule(source: ListedObject, work: (send: Send) => Promise<void>): Promise<void> | undefined {
    const { concurrency } = this.task;
    if (!this.#isLarge(source)) return concurrency.run(() => this.#attempt(source, () => work(atOnce)));
    return this.task.runLarge(() => this.#attempt(source, () => work((request) => concurrency.request(request))));
  }

  #isLarge(source: ListedObject): boolean {
    return source.sizeBytes > LARGE_BYTES || mayNeedParts(source, this.task.multipart);
  }

  /** Whatever goes wrong with an object is counted and reported under its key. */
  async #attempt(source: ListedObject, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const reason = await this.#reasonOf(error, source);
      if (reason === 'gone') await this.#skip(source, reason);
      else await this.#fail(source, reason, error);
    }
  }

  /** Under a condition NoSuchKey may be about the destination's object, which somebody deleted. */
  async #reasonOf(error: unknown, { key }: ListedObject): Promise<StoreErrorReason> {
    if (!(error instanceof StoreError)) return 'refused';
    if (error.reason !== 'gone' || !this.task.input.run.input.conditional) return error.reason;
    return this.task.buckets.source.headObject(key).then(
      () => 'changed',
      (gone: unknown) => (gone instanceof StoreError ? gone.reason : 'refused'),
    );
  }

  /** Copies the version that was listed; if the object changed since, the one that is there now, once. */
  async #copyNow(pair: Pair, reason: string, send: Send, head?: ObjectHead): Promise<void> {
    const { source } = pair;
    const listed = head ? asAsked(source, head) : source;
    const { eTag, lastModified } = listed;
    try {
      if (await this.#copyVersion(pair, listed, send, head)) await this.#copied(listed, reason);
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== 'changed') throw error;
      const latest = await send(() => this.task.buckets.source.headObject(source.key));
      const isAsListed = latest.eTag === eTag && latest.lastModified === lastModified;
      if (isAsListed && !(error instanceof RewrittenError)) {
        if (!(await this.#isThere(pair, latest, send))) throw error; // it is the destination that changed
        await this.#copied(listed, reason);
        return;
      }
      const changed = { ...asAsked(source, latest), checksum: undefined };
      if (await this.#copyVersion(pair, changed, send, latest)) await this.#copied(changed, reason);
    }
  }

  /**
   * An answer that was lost makes S3 refuse the next attempt under a condition, though the copy is there. Its ETag is
   * another one where a key encrypts it; then a checksum tells.
   */
  async #isThere(pair: Pair, { eTag, attributes }: ObjectHead, send: Send): Promise<boolean> {
    if (!this.#condition(pair)) return false;
    const { source, destination } = this.task.buckets;
    const head = (side: ObjectSource) =>
      send(() => side.headObject(pair.source.key, { checksums: true })).catch(() => undefined);
    const found = await head(destination);
    if (!found || !sameAttributes(found.attributes, attributes)) return false;
    if (found.eTag === eTag) return true;
    const there = found.opaqueETag ? await head(source) : undefined;
    return there?.eTag === eTag && sameChecksums(there, found) === true;
  }

  /** @returns false where the object was handed on to the next round */
  async #copyVersion(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead): Promise<boolean> {
    const { source: from, destination: to } = this.task.buckets;
    if (mayNeedParts(version, this.task.multipart)) {
      const job = await this.#planParts(pair, version, send, head);
      if (job) return this.#multipart.copy(job, send);
    }
    const known = head ?? (this.#mayRedirect(version) ? await send(() => from.headObject(version.key)) : undefined);
    const copied = await send(async () => {
      if (this.#comesTooLate(version)) {
        this.task.handOn({ ...(pair.after !== undefined && { after: pair.after }), until: version.key });
        return false;
      }
      await to.copyObject(this.#request(pair, version, known));
      return true;
    });
    if (copied && known?.attributes.websiteRedirect !== undefined) {
      await expectSameVersion(version.key, known, from, send);
    }
    return copied;
  }

  /** @returns undefined where one CopyObject does as well */
  async #planParts(pair: Pair, version: ListedObject, send: Send, head?: ObjectHead): Promise<Job | undefined> {
    const { source } = this.task.buckets;
    // Both of whatever version is there; a part or a copy of another one than was listed is refused by its ETag.
    const [known, first, begun] = await Promise.all([
      head ?? send(() => source.headObject(version.key)),
      send(() => source.headPart(version.key, 1)),
      this.#multipart.findBegun(version, send),
    ]);
    if (known.attributes.hiddenMetadata !== undefined) {
      if (version.sizeBytes > MULTIPART_LIMITS.maxCopyBytes) throw new StoreError('hidden-metadata', HIDDEN_METADATA);
      return undefined;
    }
    const copied = new Map(begun?.parts.map(({ part, sizeBytes }) => [part, sizeBytes]));
    const provable = !known.opaqueETag && !begun?.corrected;
    const [layout, tags] = await Promise.all([
      partLayout(version, { first, copied, provable }, source, this.task.multipart, send),
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
    if (!this.task.input.run.input.conditional) return undefined;
    return destination ? { eTag: destination.eTag } : 'absent';
  }

  #copied(source: ListedObject, reason: string): Promise<void> | undefined {
    this.task.counters.copied += 1;
    this.task.counters.copiedBytes += source.sizeBytes;
    return this.task.report({ action: 'copy', ...describe(source), reason });
  }

  #skip(source: ListedObject, reason: string): Promise<void> | undefined {
    this.task.counters.skipped += 1;
    return this.task.report({ action: 'skip', ...describe(source), reason });
  }

  #failArchived(source: ListedObject): Promise<void> | undefined {
    return this.#fail(source, 'archived', new Error(ARCHIVED));
  }

  #fail(source: ListedObject, reason: string, error: unknown): Promise<void> | undefined {
    this.task.counters.failed += 1;
    const message = error instanceof Error ? error.message : String(error);
    return this.task.report({ action: 'copy', ...describe(source), reason, error: message });
  }
}

const ARCHIVED = 'The source object is archived: restore it, or leave it out with `exclude`';

const HIDDEN_METADATA =
  'The source object has user metadata that S3 does not show (x-amz-missing-meta), and it is too large for CopyObject, the ' +
  'only request that would carry it over: give it metadata of printable characters, or leave it out with `exclude`';

function describe({ key, sizeBytes, eTag }: ListedObject) {
  return { key, sizeBytes, eTag };
}

/** What was listed, as a HEAD shows it now: it may have changed since. That has no word about the checksum of another version. */
function asAsked(listed: ListedObject, { sizeBytes, eTag, lastModified, storageClass }: ObjectHead): ListedObject {
  const checksum = eTag === listed.eTag ? listed.checksum : undefined;
  return { ...listed, sizeBytes, eTag, lastModified, storageClass, checksum };
}

function absentWhereGone(error: unknown): undefined {
  if (error instanceof StoreError && error.reason === 'gone') return undefined;
  throw error;
}
