import type { RangeInput } from '../../../statemachine/contract';
import type { Send } from '../concurrency/send';
import type { ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { KnownLacks } from '../ports/known-lacks';
import type { Sides } from '../range/sides';
import { known } from './copy-proof';

/** If no HEAD of the source shows a tag, and no trial was possible, the tags of this many objects are read. */
const ASKED = 100;

/** What is required to look at copies. */
export interface WatchTask {
  readonly input: RangeInput;
  readonly buckets: Buckets;
  readonly sides: Sides;
  readonly lacks: KnownLacks | undefined;
}

/** A copy, and what it should have of its source. */
export interface Made {
  readonly key: string;
  readonly eTag: string | undefined;
  /** A server may lose in one way of copying what it keeps in another. */
  readonly way: 'whole' | 'parts' | 'streamed';
  readonly storageClass: string;
  readonly tagCount: number;
}

/**
 * Looks whether a server that is not AWS keeps tags and storage classes of copies: once for each way of copying. The summary names what
 * is lost. No object fails because of it. No strategy compares it, so no run copies the object again.
 */
export class TagWatch {
  readonly #seen = new Set<string>();
  #asked = 0;

  constructor(private readonly task: WatchTask) {}

  /** How many tags the source object has, if its HEAD may not tell. */
  async countTags(key: string, { tagCount }: Pick<ObjectHead, 'tagCount'>, send: Send): Promise<number> {
    const { lacks, input, buckets } = this.task;
    if (input.run.input.tags !== 'copy') return 0;
    if (tagCount > 0 || !lacks?.has('untriedHeaders') || this.#knowsTags('whole') || this.#asked++ >= ASKED)
      return tagCount;
    return (await known(() => send(() => buckets.source.countTags(key)))) ?? 0;
  }

  /** @param head  of the copy, if it is known */
  async look({ key, eTag, way, storageClass, tagCount }: Made, send: Send, head?: ObjectHead): Promise<void> {
    const { lacks, sides, buckets } = this.task;
    if (!lacks || sides.isDestinationAws) return;
    const asksClass =
      storageClass !== 'STANDARD' && !lacks.has('storageClasses') && this.#isNew(`${way} ${storageClass}`);
    const asksTags = tagCount > 0 && !this.#knowsTags(way) && this.#isNew(way);
    if (!asksClass && !asksTags) return;
    const made = head ?? (await known(() => send(() => buckets.destination.headObject(key))));
    if (!made || made.eTag !== eTag) return; // or it is somebody else's by now
    if (asksClass && made.storageClass !== storageClass) lacks.add('storageClasses');
    if (!asksTags || made.tagCount >= tagCount) return;
    // its HEAD may not show tags
    const count = await known(() => send(() => buckets.destination.countTags(key)));
    if (count !== undefined && count < tagCount) lacks.add('copiedTags');
  }

  #knowsTags(way: Made['way']): boolean {
    return this.#seen.has(way) || this.task.lacks?.has('copiedTags') === true;
  }

  #isNew(what: string): boolean {
    if (this.#seen.has(what)) return false;
    this.#seen.add(what);
    return true;
  }
}
