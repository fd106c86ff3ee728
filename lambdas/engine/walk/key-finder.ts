import type PQueue from 'p-queue';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import { listAgain } from '../listing/list-again';
import { listPages } from '../listing/list-pages';
import type { BucketReader, ListedObject } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import { asListed, EmptyHeadError } from './as-listed';

/** A list page costs 12.5 times as much as a HEAD. So a page that shows more wanted keys than this is cheaper. */
export const HEADS_PER_PAGE = 12;

/** How many keys are wanted at a time: as many as a list page can show, or as HEADs answer within a second or two. */
const KEYS_BY_LIST = 1000;
const KEYS_BY_HEAD = 256;

/** How one side is asked. */
export interface SideOfKeys {
  readonly reader: Pick<BucketReader, 'listPage' | 'headObject'>;
  /**
   * Whether a 404 to a HEAD is enough for a key to count as absent. If not, a listing has to show it, too: a proxy may answer 404 to
   * everything while its server is away.
   */
  readonly trustsAbsence: boolean;
  /** Whether the kind of an object's checksum is wanted. A HEAD shows it only if it is asked to, which may require a KMS key. */
  wantsChecksum(object: Pick<ListedObject, 'eTag' | 'sizeBytes'>): boolean;
  /** Keys that the side does not have, or does not show. They are not asked for. */
  hides(key: string): boolean;
}

export interface FoundKeys {
  readonly objects: ReadonlyMap<string, ListedObject>;
  /** The first key that could not be looked up, and why. The keys behind it were not looked up either. */
  readonly failed?: { readonly key: string; readonly error: unknown };
}

/** Finds out what a side has under some keys. */
export interface Finder {
  /** How many keys to ask for at a time. */
  readonly batch: number;
  /** @param keys  in order @throws CredentialsExpiredError, InterruptedError */
  find(keys: readonly string[]): Promise<FoundKeys>;
}

/**
 * Finds out which of some keys a side has. Asks for lone keys by HEAD, and for neighbours by list pages, whichever costs less.
 *
 * Nobody knows beforehand how many wanted keys a page will show. So it begins with HEADs, and lists one page as a trial after as many
 * HEADs as a page costs. If that page shows more wanted keys than that, it goes on with pages. If not, twice as many HEADs follow before
 * the next trial. So a million lone keys cost a million HEADs and about twenty pages.
 *
 * | HEAD answers                                             | the key                                |
 * | -------------------------------------------------------- | -------------------------------------- |
 * | 200, with size, ETag and date                            | is there, with the facts of a list page |
 * | 404, and the side's 404 is trusted                       | is absent                              |
 * | anything else: 403, another 404, an error, a fact is missing | a listing decides                   |
 */
export class KeyFinder implements Finder {
  #trialAfter = HEADS_PER_PAGE;
  /** How many HEADs are left before the next page; 0: pages are cheaper. */
  #headsLeft = HEADS_PER_PAGE;
  /** The role may not send HEADs, or S3 hides by a 403 that a key is absent. */
  #isDenied = false;

  /** @param heads  how many HEADs may be open, of all finders together */
  constructor(
    private readonly side: SideOfKeys,
    private readonly heads: PQueue,
  ) {}

  get batch(): number {
    return this.#headsLeft === 0 || this.#isDenied ? KEYS_BY_LIST : KEYS_BY_HEAD;
  }

  async find(keys: readonly string[]): Promise<FoundKeys> {
    const objects = new Map<string, ListedObject>();
    let left = keys.filter((key) => !this.side.hides(key));
    while (left.length > 0) {
      const heads = this.#headsFor(left.length);
      try {
        const decided = heads > 0 ? await this.#ask(left.slice(0, heads), objects) : await this.#list(left, objects);
        if (heads === 0) this.#learn(decided);
        left = left.slice(decided);
      } catch (error) {
        if (!(error instanceof UndecidedError)) throw error;
        return { objects, failed: { key: error.key, error: error.cause } };
      }
    }
    return { objects };
  }

  #headsFor(keys: number): number {
    if (this.#isDenied) return 0;
    return keys <= HEADS_PER_PAGE ? keys : Math.min(keys, this.#headsLeft);
  }

  #learn(shown: number): void {
    if (shown > HEADS_PER_PAGE) {
      [this.#headsLeft, this.#trialAfter] = [0, HEADS_PER_PAGE];
      return;
    }
    this.#trialAfter *= 2;
    this.#headsLeft = this.#trialAfter;
  }

  /** @returns how many of the keys are decided: all @throws UndecidedError */
  async #ask(keys: readonly string[], objects: Map<string, ListedObject>): Promise<number> {
    this.#headsLeft = Math.max(0, this.#headsLeft - keys.length);
    const answers = await Promise.all(keys.map((key) => this.heads.add(() => this.#head(key))));
    let undecided: string[] = [];
    for (const [index, key] of keys.entries()) {
      const answer = answers[index];
      if (answer === 'undecided') undecided.push(key);
      else if (answer !== 'absent' && answer !== undefined) objects.set(key, answer);
    }
    while (undecided.length > 0) undecided = undecided.slice(await this.#list(undecided, objects));
    return keys.length;
  }

  async #head(key: string): Promise<ListedObject | 'absent' | 'undecided'> {
    const { reader, trustsAbsence } = this.side;
    try {
      const head = await reader.headObject(key);
      const isEnough = !this.side.wantsChecksum(head);
      return asListed(key, isEnough ? head : await reader.headObject(key, { checksums: true }));
    } catch (error) {
      if (error instanceof EmptyHeadError) return 'undecided';
      if (!(error instanceof StoreError)) throw error;
      if (error.reason === 'access-denied') this.#isDenied = true;
      return error.reason === 'gone' && trustsAbsence ? 'absent' : 'undecided';
    }
  }

  /** Lists a page that begins at the first key. @returns how many of the keys are decided, 1 or more @throws UndecidedError */
  async #list(keys: readonly string[], objects: Map<string, ListedObject>): Promise<number> {
    const first = keys[0] as string;
    try {
      const startAfter = justBefore(first);
      const page = await listAgain(this.side.reader, { startAfter }, startAfter);
      const last = page.next === undefined ? undefined : page.objects.at(-1)?.key;
      const isCovered = (key: string) => page.next === undefined || (last !== undefined && compareKeys(key, last) <= 0);
      const covered = countWhile(keys, isCovered);
      if (covered === 0) return await this.#lookUp(first, objects);
      const wanted = new Set(keys.slice(0, covered));
      for (const object of page.objects) if (wanted.has(object.key)) objects.set(object.key, object);
      return covered;
    } catch (error) {
      if (error instanceof ListingError) throw new UndecidedError(first, error);
      throw error;
    }
  }

  /** The page ended before the key, perhaps after many delete markers. A listing of this key alone has hardly any. */
  async #lookUp(key: string, objects: Map<string, ListedObject>): Promise<number> {
    for await (const page of listPages(this.side.reader, { keyPrefix: key, maxKeys: 1 })) {
      // the key itself comes before all keys that begin with it
      const first = page.objects.find((object) => compareKeys(object.key, key) >= 0);
      if (first?.key === key) objects.set(key, first);
      if (first) break;
    }
    return 1;
  }
}

/** Neither a HEAD nor a listing says whether the side has a key. */
class UndecidedError extends Error {
  constructor(
    readonly key: string,
    override readonly cause: ListingError,
  ) {
    super(cause.message, { cause });
  }
}

function countWhile(keys: readonly string[], holds: (key: string) => boolean): number {
  const end = keys.findIndex((key) => !holds(key));
  return end < 0 ? keys.length : end;
}
