import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import type { BucketReader, ListedObject, ObjectPage, PageRequest } from '../ports/bucket-reader';
import type { PlanParts } from './plan-parts';
import { objectOf } from './planned-action';

type Listing = Pick<BucketReader, 'listPage'>;

/** Of a page of a plan's actions. One request deletes so many. */
export const KEYS_PER_PAGE = 1_000;

/** Few ends to a page: a range whose ends are all on one page is not cut, and more pages cost no request. */
const ENDS_PER_PAGE = 1;

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
    const actions = await this.parts.behind(after, maxKeys + 1, isWanted);
    return firstPage(actions.map(objectOf), maxKeys);
  }
}

/** Lists only the ends of parts. They show where to cut a plan into ranges, and no part has to be read for that. */
export class PlanOutline implements Listing {
  #ends: Promise<readonly string[]> | undefined;

  /** @param open  called at the first page: a loop at its end is no longer cut */
  constructor(private readonly open: () => Promise<Pick<PlanParts, 'ends'>>) {}

  /** @throws PlanChangedError */
  async listPage({
    startAfter,
    continuation,
    keyPrefix = '',
    maxKeys = ENDS_PER_PAGE,
  }: PageRequest): Promise<ObjectPage> {
    this.#ends ??= this.open().then((parts) => parts.ends().map(({ key }) => key));
    const after = continuation ?? startAfter;
    const isAsked = (key: string) => (after === undefined || compareKeys(key, after) > 0) && key.startsWith(keyPrefix);
    const keys = (await this.#ends).filter(isAsked);
    return firstPage(
      keys.map((key) => ({ ...NO_VERSION, key })),
      maxKeys,
    );
  }
}

/** @param objects  more than fit only if another page follows */
function firstPage(objects: readonly ListedObject[], maxKeys: number): ObjectPage {
  const shown = objects.slice(0, maxKeys);
  const next = objects.length > maxKeys ? shown.at(-1)?.key : undefined;
  return { objects: shown, ...(next !== undefined && { next }) };
}

const NO_VERSION = { sizeBytes: 0, eTag: '', lastModified: 0, storageClass: 'STANDARD', archived: false };

function furthest(a: string | undefined, b: string | undefined): string | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareKeys(a, b) >= 0 ? a : b;
}
