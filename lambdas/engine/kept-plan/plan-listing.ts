import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import type { BucketReader, ObjectPage, PageRequest } from '../ports/bucket-reader';
import type { PlanParts } from './plan-parts';
import { objectOf } from './planned-action';

type Listing = Pick<BucketReader, 'listPage'>;

const KEYS_PER_PAGE = 1_000;

/** Lists the objects that a loop has to act on, page by page, as a bucket lists what it holds. */
export class PlanListing implements Listing {
  /** @param takesPart  which keys this phase is about */
  constructor(
    private readonly parts: PlanParts,
    private readonly takesPart: (key: string) => boolean,
  ) {}

  /** @throws ListingError | PlanChangedError */
  async listPage({
    startAfter,
    continuation,
    keyPrefix = '',
    maxKeys = KEYS_PER_PAGE,
  }: PageRequest): Promise<ObjectPage> {
    const after = furthest(continuation ?? startAfter, justBefore(keyPrefix));
    const isWanted = (key: string) => key.startsWith(keyPrefix) && this.takesPart(key);
    const actions = await this.parts.behind(after, maxKeys, isWanted);
    const objects = actions.map(objectOf);
    const last = objects.at(-1);
    return last && objects.length === maxKeys ? { objects, next: last.key } : { objects };
  }
}

/** Lists only where parts end. It shows where to cut a plan into ranges of work, and reads no part for it. */
export class PlanOutline implements Listing {
  readonly #ends: readonly string[];

  constructor({ parts }: Pick<PlanParts, 'parts'>) {
    this.#ends = [...new Set(parts.map(({ last }) => last))].sort(compareKeys);
  }

  async listPage({
    startAfter,
    continuation,
    keyPrefix = '',
    maxKeys = KEYS_PER_PAGE,
  }: PageRequest): Promise<ObjectPage> {
    const after = continuation ?? startAfter;
    const isAsked = (key: string) => (after === undefined || compareKeys(key, after) > 0) && key.startsWith(keyPrefix);
    const keys = this.#ends.filter(isAsked);
    const objects = keys.slice(0, maxKeys).map((key) => ({ ...NO_VERSION, key }));
    const last = objects.at(-1);
    return last && keys.length > maxKeys ? { objects, next: last.key } : { objects };
  }
}

const NO_VERSION = { sizeBytes: 0, eTag: '', lastModified: 0, storageClass: 'STANDARD', archived: false };

function furthest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareKeys(a, b) >= 0 ? a : b;
}
