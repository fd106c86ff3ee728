import type { Judge } from './compare';
import { type CopyRequest, type ListedObject, type ObjectHead, StoreError } from './object-store';
import type { RangeTask } from './range-task';

/** Copies objects in parallel, counts and reports each one; no object's failure stops another. */
export class ObjectCopier {
  constructor(private readonly task: RangeTask) {}

  /** Copies `source`; with a phase that does not write, counts it as if. */
  copy(source: ListedObject, destination: ListedObject | undefined, reason: string): Promise<void> | undefined {
    if (source.archived) return this.#failArchived(source);
    if (!this.task.input.phase.write) return this.#copied(source, reason);
    return this.task.concurrency.run(() => this.#attempt(source, () => this.#copyNow(source, destination, reason)));
  }

  /** Asks both sides for what the list pages do not show, and copies if `judge` finds a reason. */
  inspect(source: ListedObject, destination: ListedObject, judge: Judge): Promise<void> | undefined {
    return this.task.concurrency.run(() =>
      this.#attempt(source, async () => {
        const { buckets, counters } = this.task;
        const [there, here] = await Promise.all([
          buckets.source.headObject(source.key),
          buckets.destination.headObject(destination.key).catch(absentWhereGone),
        ]);
        const reason = here ? judge(there, here) : 'missing';
        if (reason === undefined) counters.unchanged += 1;
        else if (source.archived) await this.#failArchived(source);
        else if (!this.task.input.phase.write) await this.#copied(source, reason);
        else await this.#copyNow(source, here && destination, reason, there);
      }),
    );
  }

  /** Whatever goes wrong with an object is counted and reported under its key. */
  async #attempt(source: ListedObject, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof StoreError && error.reason === 'gone') await this.#skip(source, 'gone');
      else await this.#fail(source, error instanceof StoreError ? error.reason : 'refused', error);
    }
  }

  async #copyNow(
    source: ListedObject,
    destination: ListedObject | undefined,
    reason: string,
    head?: ObjectHead,
  ): Promise<void> {
    const { source: from, destination: to } = this.task.buckets;
    // Only an empty object is likely to be a redirect; a list page does not show it and CopyObject drops it.
    const known = head ?? (source.sizeBytes === 0 ? await from.headObject(source.key) : undefined);
    try {
      await to.copyObject(this.#request(source, destination, known));
      await this.#copied(source, reason);
    } catch (error) {
      if (!(error instanceof StoreError) || error.reason !== 'changed') throw error;
      const latest = await from.headObject(source.key);
      if (latest.eTag === (known ?? source).eTag) throw error; // it is the destination that changed
      await to.copyObject(this.#request(source, destination, latest));
      await this.#copied({ ...source, sizeBytes: latest.sizeBytes, eTag: latest.eTag }, reason);
    }
  }

  #request(source: ListedObject, destination: ListedObject | undefined, head: ObjectHead | undefined): CopyRequest {
    const { tags, storageClass, conditional } = this.task.input.run.input;
    return {
      key: source.key,
      sourceETag: head?.eTag ?? source.eTag,
      storageClass: storageClass === 'same' ? (head?.storageClass ?? source.storageClass) : storageClass,
      tags,
      websiteRedirect: head?.attributes.websiteRedirect,
      ...(conditional && { destination: destination ? { eTag: destination.eTag } : 'absent' }),
    };
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

function describe({ key, sizeBytes, eTag }: ListedObject) {
  return { key, sizeBytes, eTag };
}

function absentWhereGone(error: unknown): undefined {
  if (error instanceof StoreError && error.reason === 'gone') return undefined;
  throw error;
}
