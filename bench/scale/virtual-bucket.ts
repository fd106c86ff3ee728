import type { ListedObject } from '../../lambdas/engine/ports/bucket-reader';
import { KeySpace } from './key-space';

/** The two buckets: mirrors of each other, with a difference at regular distances. */
export interface Virtual {
  /** Keys that one of the two has or both have. */
  readonly keys: number;
  /** One of this many objects has changed at the source. */
  readonly changedEvery: number;
  /** One of this many objects is only at the destination. */
  readonly orphanEvery: number;
}

const CHANGED_AT = 5;
const ORPHAN_AT = 7;
const MADE = Date.UTC(2025, 0, 1);
const MIRRORED = Date.UTC(2025, 1, 1);
const CHANGED = Date.UTC(2025, 2, 1);
const E_TAG = '0123456789abcdef0123456789abcdef';
const NEW_E_TAG = 'fedcba9876543210fedcba9876543210';

/** One side: nothing is stored, each object is computed when it is listed. */
export class VirtualBucket {
  readonly keys: KeySpace;

  constructor(
    private readonly virtual: Virtual,
    private readonly side: 'source' | 'destination',
  ) {
    this.keys = new KeySpace(virtual.keys);
  }

  get objects(): number {
    const { keys } = this.virtual;
    return this.side === 'destination' ? keys : keys - orphansOf(this.virtual);
  }

  /** The objects from an index of the key space on, at most `count`, and the index after the last one. */
  slice(from: number, count: number): { readonly objects: ListedObject[]; readonly next: number } {
    const objects: ListedObject[] = [];
    let index = from;
    for (; index < this.keys.size && objects.length < count; index++) {
      const object = this.at(index);
      if (object) objects.push(object);
    }
    return { objects, next: index };
  }

  /** @returns undefined where this side has no object of that index */
  at(index: number): ListedObject | undefined {
    const { changedEvery, orphanEvery } = this.virtual;
    const isSource = this.side === 'source';
    if (isSource && index % orphanEvery === ORPHAN_AT) return undefined;
    const changed = isSource && index % changedEvery === CHANGED_AT;
    return {
      key: this.keys.keyAt(index),
      sizeBytes: 1000,
      eTag: changed ? NEW_E_TAG : E_TAG,
      lastModified: changed ? CHANGED : isSource ? MADE : MIRRORED,
      storageClass: 'STANDARD',
      archived: false,
    };
  }
}

export function orphansOf({ keys, orphanEvery }: Virtual): number {
  return countFrom(ORPHAN_AT, keys, orphanEvery);
}

/** Those that have changed and are not orphans. */
export function changedOf({ keys, changedEvery, orphanEvery }: Virtual): number {
  let both = 0;
  for (let index = CHANGED_AT; index < keys; index += changedEvery) if (index % orphanEvery === ORPHAN_AT) both += 1;
  return countFrom(CHANGED_AT, keys, changedEvery) - both;
}

function countFrom(first: number, keys: number, every: number): number {
  return Math.max(0, Math.ceil((keys - first) / every));
}
