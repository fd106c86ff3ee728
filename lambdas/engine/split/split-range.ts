import type { KeyRange } from '../../../statemachine/contract';
import { allOf } from '../concurrency/all-of';
import { compareKeys } from '../keys/compare-keys';
import type { BucketReader } from '../ports/bucket-reader';
import { type Branch, type Branching, cutBranch, mayBranch, placesBetween, symbolOf, weigh } from './branches';
import { divide } from './divide';
import { codePoints, KeySymbols } from './key-symbols';
import { type ListedRange, RangeProbes } from './range-probes';
import { findUnseen } from './unseen-symbols';

/** Appended to a text, it comes behind every key that starts with that text, except keys that go on with this character. */
const BEHIND_ALL = '\u{10ffff}';

/** How many probes are sent together. An answer takes long, and each answer may make later probes unnecessary. */
const AT_ONCE = 3;

export interface SplitOptions {
  /** Which characters the keys are made of, as far as it is known. More is learned here. */
  readonly symbols?: KeySymbols;
  readonly shouldStop?: () => boolean;
  /** Whether even parts are worth some requests, one after the other, to find out which characters occur. */
  readonly evenly?: boolean;
  /** How many probes are sent together. */
  readonly atOnce?: number;
  /** No key of the range lies behind this one, as far as it is known. */
  readonly end?: string;
}

/**
 * Cuts key ranges so that keys lie on both sides of each cut. It needs no knowledge of how the keys are made.
 *
 * It looks for the place where the keys of a range begin to differ, and cuts between the characters there, in UTF-8 order and
 * never within a character. It assumes that branches of the same depth hold equally many keys. If they do not, the next round
 * splits again. It learns from the keys that it sees which characters may occur. Every probe is one page of a listing.
 */
export class RangeSplitter {
  readonly #probes: RangeProbes;
  private readonly symbols: KeySymbols;
  private readonly evenly: boolean;
  private readonly atOnce: number;

  constructor(
    side: Pick<BucketReader, 'listPage'>,
    /** The most list requests. */
    maxProbes: number,
    { symbols = new KeySymbols(), shouldStop = () => false, evenly = true, atOnce = AT_ONCE, end }: SplitOptions = {},
  ) {
    this.symbols = symbols;
    this.evenly = evenly;
    this.atOnce = atOnce;
    this.#probes = new RangeProbes(side, maxProbes, symbols, shouldStop, end);
  }

  /** No key of the range lies behind this one, as far as it is known. */
  get end(): string | undefined {
    return this.#probes.end;
  }

  /** The pages that were listed so far, each with the key that it begins behind. */
  get listed(): readonly ListedRange[] {
    return this.#probes.listed;
  }

  /** List requests made so far. */
  get probes(): number {
    return this.#probes.count;
  }

  /** Lists the first page of a range. @throws ListingError */
  open(range: KeyRange): Promise<ListedRange> {
    return this.#probes.open(range);
  }

  /**
   * @returns one to `pieces` ranges in order; together they cover exactly what `part` covers
   * @throws ListingError
   */
  async split(part: ListedRange, pieces: number): Promise<ListedRange[]> {
    this.#probes.know(part);
    return this.#splitBelow(part, pieces, 0);
  }

  async #splitBelow(part: ListedRange, pieces: number, depth: number): Promise<ListedRange[]> {
    if (this.#isWhole(part, pieces)) return [part];
    const branching = await this.#findBranching(part, depth);
    return branching ? this.#cutBetween(part, branching, pieces) : [part];
  }

  #isWhole({ page }: ListedRange, pieces: number): boolean {
    return pieces < 2 || page.next === undefined || !this.#probes.mayAsk;
  }

  /** @param depth  how many code points the keys are known to share, except keys at the very end of the range */
  async #findBranching(part: ListedRange, depth: number): Promise<Branching | undefined> {
    const { range, page } = part;
    const first = codePoints(page.objects.find(({ key }) => codePoints(key).length > depth)?.key ?? '');
    const last = codePoints(page.objects.at(-1)?.key ?? '');
    const end = codePoints(earlier(range.until, this.end) ?? '');
    let low = Math.max(depth, sharedLength(first, end));
    let high = Math.max(low, sharedLength(first, last));
    // If the range's end has another character than the known keys, the keys are likely to branch there.
    if (
      low < end.length &&
      end[low] !== BEHIND_ALL.codePointAt(0) &&
      this.symbols.between(low, first[low] ?? 0, end[low]).length > 1
    )
      high = low;
    // Below a place where keys branched, they are likely to branch again at once.
    if (!this.evenly) [low, high] = await this.#searchUpwards(part, first, low, high);
    for (let atOnce = depth === 0 ? this.atOnce : 1; low < high; atOnce = this.atOnce) {
      const lengths = spread(low, high, atOnce);
      const head = text(first.slice(0, low));
      const found = await allOf(
        lengths.map((length) => this.#probes.behind(part, text(first.slice(0, length + 1)) + BEHIND_ALL, head)),
      );
      const lowest = found.findIndex((behind) => behind !== undefined);
      const next = codePoints(found[lowest]?.page.objects[0]?.key ?? '');
      if (lowest >= 0) high = Math.min(lengths[lowest] as number, sharedLength(first, next));
      const deepest = lengths.at(lowest < 0 ? -1 : lowest - 1);
      if (lowest !== 0 && deepest !== undefined) low = Math.min(high, deepest + 1);
    }
    const lowest = first[low];
    if (lowest === undefined) return undefined;
    const head = first.slice(0, low);
    const open = sharedLength(head, end) < low || end.length === low;
    const symbols = this.symbols.between(low, lowest, open ? undefined : end[low]);
    return this.evenly
      ? { head, symbols: await this.#upToHighest(part, head, symbols), open: false }
      : { head, symbols, open };
  }

  /**
   * Finds the same by few requests, one after the other. It begins right above the place where the known keys differ: there keys
   * are most likely to branch, and a request that finds keys is no loss, because a walk can begin with them.
   */
  async #searchUpwards(
    part: ListedRange,
    first: readonly number[],
    from: number,
    to: number,
  ): Promise<[low: number, high: number]> {
    let [low, high] = [from, to];
    let isBounded = false;
    for (let step = 1; low < high && this.#probes.mayAsk; step *= 2 ** this.atOnce) {
      const lengths: number[] = isBounded ? between(low, high, this.atOnce) : upwards(low, high, step, this.atOnce);
      const head = text(first.slice(0, low));
      const found = await allOf(
        lengths.map((length) => this.#probes.behind(part, text(first.slice(0, length + 1)) + BEHIND_ALL, head)),
      );
      const highest = found.findLastIndex((behind) => behind !== undefined);
      const missed: number | undefined = lengths[highest + 1];
      const next = codePoints(found[highest]?.page.objects[0]?.key ?? '');
      if (highest >= 0) high = Math.min(lengths[highest] as number, sharedLength(first, next));
      if (missed !== undefined) low = Math.min(high, missed + 1);
      isBounded ||= missed !== undefined;
    }
    return [high, high];
  }

  /** Finds the last character that occurs, even if it was not seen yet, and leaves out all above it. */
  async #upToHighest(
    part: ListedRange,
    head: readonly number[],
    symbols: readonly number[],
  ): Promise<readonly number[]> {
    let low = 0;
    let high = symbols.length - 1;
    // Asks for the highest one first: if it occurs, no search is needed.
    for (let middle = high; low < high; middle = (low + high + 1) >> 1) {
      const found = await this.#probes.behind(part, text([...head, symbols[middle] as number]), text(head));
      if (found)
        low = Math.max(
          middle,
          symbols.findLastIndex((symbol) => symbol <= symbolOf(found, head)),
        );
      else high = middle - 1;
    }
    const unseen = await findUnseen(symbols[low] as number, async (symbol) => {
      const found = await this.#probes.behind(part, text([...head, symbol]) + BEHIND_ALL, text(head));
      // A key that goes on with this symbol and then U+10FFFF lies there as well. It is not another symbol.
      return found && symbolOf(found, head) > symbol ? symbolOf(found, head) : undefined;
    });
    return [...symbols.slice(0, low + 1), ...unseen];
  }

  /** Cuts between characters. If each branch gets several pieces, branches weigh by how many branches they have themselves. */
  async #cutBetween(part: ListedRange, branching: Branching, pieces: number): Promise<ListedRange[]> {
    const { head, symbols } = branching;
    if (!this.evenly || pieces < 2 * symbols.length) return this.#cutAmong(part, branching, pieces);
    const parts = await this.#cutAt(part, branching, symbols.length);
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

  /** Cuts between characters. If that gives too few parts, cuts below each character as well. */
  async #cutAmong(part: ListedRange, branching: Branching, pieces: number): Promise<ListedRange[]> {
    const parts = await this.#cutAt(part, branching, pieces);
    const shares = divide(
      pieces,
      parts.map(() => 1),
    );
    const depth = branching.head.length + 1;
    const below = parts.map((branch, index) => this.#splitBelow(branch, shares[index] ?? 1, depth));
    return (await allOf(below)).flat();
  }

  /** Cuts between characters only. */
  async #cutAt(part: ListedRange, branching: Branching, pieces: number): Promise<ListedRange[]> {
    let branches: Branch[] = [{ part, branching }];
    while (branches.length < pieces && branches.some(mayBranch) && this.#probes.mayAsk) {
      const shares = divide(
        pieces,
        branches.map(({ branching: { symbols } }) => symbols.length),
      );
      const cut = branches.map((branch, index) => this.#cutOnce(branch, shares[index] ?? 1));
      branches = (await allOf(cut)).flat();
    }
    return branches.map((branch) => branch.part);
  }

  /** Cuts between characters, at several places at once. */
  async #cutOnce(branch: Branch, pieces: number): Promise<Branch[]> {
    const { head, symbols, open } = branch.branching;
    if (this.#isWhole(branch.part, pieces))
      return [{ ...branch, branching: { head, symbols: symbols.slice(0, 1), open: false } }];
    const chosen = placesBetween(symbols, Math.min(pieces - 1, this.atOnce));
    const points = chosen.map((symbol) => text([...head, symbol]));
    if (open && pieces > points.length + 1) points.push(text([...head, symbols.at(-1) as number]) + BEHIND_ALL);
    const behind = await allOf(points.map((point) => this.#probes.behind(branch.part, point, text(head))));
    return cutBranch(branch, chosen, behind, this.symbols);
  }
}

/** Up to `most` whole numbers from `low` to below `high`, evenly spread. The first one is `low`. */
function spread(low: number, high: number, most: number): number[] {
  const count = Math.min(most, high - low);
  return Array.from({ length: count }, (_, index) => low + Math.floor((index * (high - low)) / count));
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareKeys(one, other) < 0 ? one : other;
}

/** Up to `most` lengths below `high`, each twice as far from it as the one before, and none below `low`. */
function upwards(low: number, high: number, step: number, most: number): number[] {
  const lengths = Array.from({ length: most }, (_, index) => Math.max(low, high - step * 2 ** index));
  return [...new Set(lengths)];
}

/** Up to `most` lengths from `low` to below `high`, evenly spread and from the highest to the lowest. */
function between(low: number, high: number, most: number): number[] {
  const count = Math.min(most, high - low);
  return Array.from({ length: count }, (_, index) => high - 1 - Math.floor(((index + 0.5) * (high - low)) / count));
}

function text(points: readonly number[]): string {
  return String.fromCodePoint(...points);
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
