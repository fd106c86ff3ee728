import type { KeyRange } from '../../statemachine/contract';
import { allOf } from './all-of';
import { compareKeys } from './compare-keys';
import { divide } from './divide';
import type { ListedObject, ObjectPage, ObjectSource } from './object-store';
import { requireOrder, upTo } from './page-stream';

/**
 * A range and the first page of its listing, cut at the range's end; `page.next` is absent if it holds all objects. A page
 * without objects that has a next one is all that could be had for the requests that were left.
 */
export interface ListedRange {
  readonly range: KeyRange;
  readonly page: ObjectPage;
}

/** A place where the keys of a range branch: all of them start with `head`, then come these characters. */
interface Branching {
  /** Code points. */
  readonly head: readonly number[];
  /** Code points, in order, that may occur there; the first one does. */
  readonly symbols: readonly number[];
}

/** Follows every key that starts with what it is appended to, but for those that go on with this very character. */
const BEHIND_ALL = '\u{10ffff}';

/** Where one of these occurs, the others are likely to. */
const ALPHABETS = ['0123456789', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'].map(codePoints);

/** Keys of a page that are looked at to learn which characters occur. */
const SAMPLE = 64;

/**
 * Cuts key ranges where that leaves keys on both sides, without any knowledge of how the keys are made.
 *
 * It looks for the place where the keys of a range begin to differ, and cuts between the characters there: by UTF-8
 * order, never within a character. Branches are taken to weigh the same, where they are as deep; what is uneven after
 * all is split again in the next round. Which characters may occur is learned from the keys that were seen. Every probe
 * is a page of the listing.
 */
export class RangeSplitter {
  /** List requests made so far. */
  probes = 0;

  constructor(
    private readonly side: ObjectSource,
    /** No more list requests than these. */
    private readonly maxProbes: number,
    /** Characters that may occur; more are learned. */
    private readonly symbols = new Set<number>(),
    private readonly shouldStop = () => false,
    /** Worth some requests, one after the other: to know which characters do occur, and how branches go on. */
    private readonly evenly = true,
  ) {}

  /** Lists the first page of a range. @throws ListingError */
  async open(range: KeyRange): Promise<ListedRange> {
    return { range, page: await this.#list(range) };
  }

  /**
   * @returns one to `pieces` ranges in order, which cover exactly what `part` covers
   * @throws ListingError
   */
  async split(part: ListedRange, pieces: number): Promise<ListedRange[]> {
    this.#learn(part.page);
    return this.#splitBelow(part, pieces, 0);
  }

  async #splitBelow(part: ListedRange, pieces: number, depth: number): Promise<ListedRange[]> {
    if (this.#isWhole(part, pieces)) return [part];
    const branching = await this.#findBranching(part, depth);
    return branching ? this.#cutBetween(part, branching, pieces) : [part];
  }

  get #mayAsk(): boolean {
    return this.probes < this.maxProbes && !this.shouldStop();
  }

  #isWhole({ page }: ListedRange, pieces: number): boolean {
    return pieces < 2 || page.next === undefined || !this.#mayAsk;
  }

  /** @param depth  code points that the keys are known to share, but for those at the very end of the range */
  async #findBranching(part: ListedRange, depth: number): Promise<Branching | undefined> {
    const { range, page } = part;
    const first = codePoints(page.objects.find(({ key }) => codePoints(key).length > depth)?.key ?? '');
    const last = codePoints(page.objects.at(-1)?.key ?? '');
    const end = range.until === undefined ? [] : codePoints(range.until);
    let low = Math.max(depth, sharedLength(first, end));
    let high = Math.max(low, sharedLength(first, last));
    // Where the end has another character than the keys at hand, they are likely to branch there.
    if (low < end.length && this.#between(first[low], end[low]).length > 1) high = low;
    for (let length = low; low < high; length = (low + high) >> 1) {
      const point = text(first.slice(0, length + 1)) + BEHIND_ALL;
      if (await this.#behind(part, point, first.slice(0, low))) high = length;
      else low = length + 1;
    }
    const lowest = first[low];
    if (lowest === undefined) return undefined;
    const head = first.slice(0, low);
    const symbols = this.#between(lowest, sharedLength(head, end) === low ? end[low] : undefined);
    return { head, symbols: this.evenly ? await this.#upToHighest(part, head, symbols) : symbols };
  }

  /** Characters that may occur from `lowest` to `highest`, in order. */
  #between(lowest = 0, highest = Number.POSITIVE_INFINITY): number[] {
    return [...this.symbols.add(lowest)]
      .filter((symbol) => symbol >= lowest && symbol <= highest)
      .sort((a, b) => a - b);
  }

  /** Leaves out the characters above the last one that does occur, and finds it if it was not seen yet. */
  async #upToHighest(part: ListedRange, head: readonly number[], known: readonly number[]): Promise<readonly number[]> {
    const symbols = [...known];
    let low = 0;
    for (let high = symbols.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      const found = await this.#behind(part, text([...head, symbols[middle] as number]), head);
      if (found)
        low = Math.max(
          middle,
          symbols.findLastIndex((symbol) => symbol <= symbolOf(found, head)),
        );
      else high = middle - 1;
    }
    for (;;) {
      const highest = symbols[low] as number;
      const unseen = await this.#behind(part, text([...head, highest]) + BEHIND_ALL, head);
      const symbol = unseen ? symbolOf(unseen, head) : highest;
      if (symbol <= highest) return symbols.slice(0, low + 1);
      low += 1;
      symbols.splice(low, symbols.length, symbol);
    }
  }

  /** Where there are several pieces for each branch, branches that go on at the same depth weigh by their own branches. */
  async #cutBetween(part: ListedRange, branching: Branching, pieces: number): Promise<ListedRange[]> {
    const { head, symbols } = branching;
    if (!this.evenly || pieces < 2 * symbols.length) return this.#bisect(part, branching, pieces);
    const parts = await this.#bisect(part, branching, symbols.length);
    const branches = await allOf(
      parts.map(async (branch) =>
        branch.page.next === undefined ? undefined : this.#findBranching(branch, head.length + 1),
      ),
    );
    const weights = weigh(branches);
    const shares = divide(pieces, weights);
    const cut = await allOf(
      parts.map(async (branch, index) => {
        const next = branches[index];
        const share = shares[index] as number;
        return next && !this.#isWhole(branch, share) ? this.#cutBetween(branch, next, share) : [branch];
      }),
    );
    return cut.flat();
  }

  async #bisect(part: ListedRange, { head, symbols }: Branching, pieces: number): Promise<ListedRange[]> {
    if (this.#isWhole(part, pieces)) return [part];
    if (symbols.length < 2) return this.#splitBelow(part, pieces, head.length + 1);
    const middle = symbols.length >> 1;
    const below = symbols.slice(0, middle);
    const point = text([...head, symbols[middle] as number]);
    const upper = await this.#behind(part, point, head);
    if (!upper) return this.#bisect(part, { head, symbols: below }, pieces);
    const above = symbols.filter((symbol) => symbol >= symbolOf(upper, head));
    const [lowerPieces = 1, upperPieces = 1] = divide(pieces, [below.length, Math.max(1, above.length)]);
    const halves = await allOf([
      this.#bisect(endAt(part, point), { head, symbols: below }, lowerPieces),
      this.#bisect(upper, { head, symbols: above }, upperPieces),
    ]);
    return halves.flat();
  }

  /** What lies behind `point`; undefined where no key that starts with `head` does, or no more requests may be made. */
  async #behind(
    { range, page }: ListedRange,
    point: string,
    head: readonly number[],
  ): Promise<ListedRange | undefined> {
    if (range.until !== undefined && compareKeys(point, range.until) >= 0) return undefined;
    const rest = { ...range, after: point };
    const index = page.objects.findIndex(({ key }) => compareKeys(key, point) > 0);
    if (index < 0 && !this.#mayAsk) return undefined;
    const found = index < 0 ? await this.#list(rest) : { ...page, objects: page.objects.slice(index) };
    return found.objects[0]?.key.startsWith(text(head)) ? { range: rest, page: found } : undefined;
  }

  async #list(range: KeyRange): Promise<ObjectPage> {
    this.probes += 1;
    let page = await this.side.listPage({ startAfter: range.after });
    while (page.objects.length === 0 && page.next !== undefined && this.#mayAsk) {
      this.probes += 1;
      page = await this.side.listPage({ continuation: page.next });
    }
    requireOrder(page.objects, range.after);
    this.#learn(page);
    return range.until === undefined ? page : cutPage(page, range.until);
  }

  #learn({ objects }: ObjectPage): void {
    const step = Math.max(1, Math.floor(objects.length / SAMPLE));
    for (let index = 0; index < objects.length; index += step) {
      for (const symbol of codePoints((objects[index] as ListedObject).key)) {
        if (!this.symbols.has(symbol)) for (const alike of alphabetOf(symbol)) this.symbols.add(alike);
      }
    }
  }
}

/** Drops what lies behind `until`; then the page is the last one. */
function cutPage(page: ObjectPage, until: string): ObjectPage {
  const objects = upTo(until, page.objects);
  return objects.length === page.objects.length ? page : { objects };
}

/** The character behind `head` in the first key of a range; a key that is `head` itself comes before all of them. */
function symbolOf({ page }: ListedRange, head: readonly number[]): number {
  return codePoints(page.objects[0]?.key ?? '')[head.length] ?? -1;
}

function endAt({ range, page }: ListedRange, until: string): ListedRange {
  return { range: { ...range, until }, page: cutPage(page, until) };
}

/** Branches that branch again at the same depth weigh by how often they do; otherwise nothing is known, and all are equal. */
function weigh(branches: readonly (Branching | undefined)[]): number[] {
  const depths = new Set(branches.flatMap((branch) => (branch ? [branch.head.length] : [])));
  return branches.map((branch) => (depths.size === 1 ? (branch?.symbols.length ?? 1) : 1));
}

function codePoints(key: string): number[] {
  return Array.from(key, (character) => character.codePointAt(0) as number);
}

function alphabetOf(symbol: number): readonly number[] {
  return ALPHABETS.find((alphabet) => alphabet.includes(symbol)) ?? [symbol];
}

function text(points: readonly number[]): string {
  return String.fromCodePoint(...points);
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
