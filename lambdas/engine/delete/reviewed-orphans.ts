import PQueue from 'p-queue';
import { sameSecond } from '../compare/same-second';
import type { ListedObject } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import { StoreError } from '../ports/store-error';
import type { Sides } from '../range/sides';
import { KeyFinder } from '../walk/key-finder';

const HEADS_AT_ONCE = 64;

/**
 * Whether orphans are still what somebody has reviewed. The condition of a delete compares the ETag, which stays equal if the same
 * bytes are put again.
 */
export class ReviewedOrphans {
  readonly #finder: KeyFinder;

  constructor({ destination }: Pick<Buckets, 'destination'>, { isDestinationAws }: Pick<Sides, 'isDestinationAws'>) {
    const side = { reader: destination, trustsAbsence: isDestinationAws };
    const heads = new PQueue({ concurrency: HEADS_AT_ONCE });
    this.#finder = new KeyFinder({ ...side, wantsChecksum: () => false, hides: () => false }, heads);
  }

  /** @param orphans  in the order of their keys @returns those that are not deleted, and why */
  async findOthers(orphans: readonly ListedObject[]): Promise<Map<string, StoreError>> {
    const others = new Map<string, StoreError>();
    const { objects, failed } = await this.#finder.find(orphans.map(({ key }) => key));
    const unknown = failed && new StoreError('refused', String(failed.error), failed.error);
    let isKnown = true;
    for (const { key, eTag, lastModified } of orphans) {
      isKnown &&= key !== failed?.key;
      const found = objects.get(key);
      const isSame = found?.eTag === eTag && sameSecond(found.lastModified, lastModified);
      if (!isKnown && unknown) others.set(key, unknown);
      else if (!found) others.set(key, new StoreError('gone', 'The object is gone by now'));
      else if (!isSame) others.set(key, new StoreError('changed', 'Another version is there by now'));
    }
    return others;
  }
}
