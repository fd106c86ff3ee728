import type { ContinuationToken, KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { KeySymbols } from '../split/key-symbols';
import { RangeSplitter } from '../split/split-range';
import { type FirstPage, type Visitor, type Walk, type WalkEnd, Walker } from './walker';

/** When walkers that share a range are cut, and how many requests that may cost. */
export interface CutLimits {
  /** How many pages of the walked side come before the first cut. */
  readonly pagesBefore: number;
  /** How many list requests may look for places to cut, in addition to `PROBES_PER_PAGE`. */
  readonly probes: number;
}

export const CUT_LIMITS = {
  /** A small bucket is listed sooner than it is shared. */
  firstRound: { pagesBefore: 6, probes: 64 },
  /** If a round has left something, it is large. */
  laterRound: { pagesBefore: 2, probes: 64 },
  /** Other Tasks work already, and each range is small. */
  manyTasks: { pagesBefore: 16, probes: 8 },
} satisfies Record<string, CutLimits>;

/** How many list requests may look for places to cut, for each page of the walked side. */
const PROBES_PER_PAGE = 1 / 32;

/** How many list requests one cut may cost. If it needs more, too little is left to share. The first cut knows nothing about the keys. */
const PROBES_PER_CUT = 4;
const PROBES_FOR_FIRST_CUT = 16;

/** How many walkers join at a cut, for each page that the cut walker has listed. */
const HELPERS_PER_PAGE = 4;

/** A walker is cut again only after so many pages, or after its part of all pages so far. */
const PAGES_BEFORE_CUT = 2;
const PART_OF_PAGES = 1 / 2;

export interface SharedWalk extends Walk {
  /** The most walkers at the same time, 1 or more. At most so many remainders come back. */
  readonly walkers: number;
  readonly cutLimits: CutLimits;
  /** Called after every object and every page: whether to end early, so that other Tasks get what is left. */
  shouldHandBack?(): boolean;
  /** Each walker gets a visitor of its own. @param after  where its range begins */
  createVisitor(after: string | undefined): Visitor;
}

/**
 * Walks ranges by several walkers, because listing is mostly waiting. It begins with one walker for each range. When their pages
 * show that there is more, other walkers take over parts of what is left. A walker that is done helps the one that walks longest.
 *
 * @returns how each walker ended; the remainders together are what is left of the ranges
 */
export async function walkRanges(ranges: readonly ContinuationToken[], options: SharedWalk): Promise<WalkEnd[]> {
  const crew = new Crew(options);
  for (const range of ranges) crew.start(range);
  return crew.finish();
}

class Crew {
  readonly #active = new Set<Walker>();
  readonly #tasks: Promise<WalkEnd | undefined>[] = [];
  /** Which characters the keys are made of, as far as the cuts have shown. */
  readonly #symbols = new KeySymbols();
  /** Walkers that are being cut at the moment. */
  readonly #beingCut = new Set<Walker>();
  /** How many walkers ended early. Each of them brings back a remainder. */
  #left = 0;
  #pages = 0;
  #cuts = 0;
  /** How many walkers are about to start. */
  #expected = 0;
  #probes = 0;
  #failed = false;
  #handsBack = false;

  constructor(private readonly options: SharedWalk) {}

  start(range: ContinuationToken, first?: FirstPage): void {
    const { options } = this;
    const walk: Walk = { ...options, shouldStop: () => this.#shouldStop() };
    const walker = new Walker(walk, range, options.createVisitor(range.after), () => this.#onPage(), first);
    this.#active.add(walker);
    this.#addTask(this.#run(walker));
  }

  async finish(): Promise<WalkEnd[]> {
    const ends: WalkEnd[] = [];
    const errors: unknown[] = [];
    // Walkers that start meanwhile are appended to the list.
    for (let index = 0; index < this.#tasks.length; index++) {
      const end = await this.#tasks[index]?.catch((error: unknown) => void errors.push(error));
      if (end) ends.push(end);
    }
    if (errors.length > 0) throw errors[0];
    return ends;
  }

  /** If a task fails, all others end, and its error is thrown after that. */
  #addTask(task: Promise<WalkEnd | undefined>): void {
    task.catch(() => {
      this.#failed = true;
    });
    this.#tasks.push(task);
  }

  async #run(walker: Walker): Promise<WalkEnd> {
    const end = await walker.run();
    this.#active.delete(walker);
    // A ListingError does not end the others. It may come in every round, and then each round would do only an object or two.
    this.#failed ||= end.error !== undefined && !(end.error instanceof ListingError);
    if (end.remainder) this.#left += 1;
    this.#recruit();
    return end;
  }

  #shouldStop(): boolean {
    const { shouldStop, shouldHandBack } = this.options;
    if (this.#failed || shouldStop()) return true;
    // Once the rest is handed back, all walkers end. That happens only if there is more than the current page, which cannot be cut.
    this.#handsBack ||=
      shouldHandBack?.() === true && [...this.#active].some((walker) => walker.hasMore && !walker.isInGap);
    return this.#handsBack;
  }

  /** How many walkers may still start. A walker that ended early keeps its place, because it brings back a token. */
  get #idle(): number {
    return this.options.walkers - this.#active.size - this.#expected - this.#left;
  }

  #onPage(): void {
    this.#pages += 1;
    this.#recruit();
  }

  #recruit(): void {
    const { walkers, cutLimits, shouldStop } = this.options;
    const { pagesBefore, probes } = cutLimits;
    if (this.#idle <= 0 || this.#pages < pagesBefore) return;
    if (this.#probes >= probes + this.#pages * PROBES_PER_PAGE || this.#failed || shouldStop()) return;
    const least = Math.max(PAGES_BEFORE_CUT, (this.#pages / walkers) * PART_OF_PAGES);
    const longest = [...this.#active]
      .filter((walker) => walker.pages >= least && !this.#beingCut.has(walker))
      .reduce<Walker | undefined>((most, walker) => (most && most.pages >= walker.pages ? most : walker), undefined);
    if (longest) this.#addTask(this.#takeOver(longest));
  }

  async #takeOver(walker: Walker): Promise<undefined> {
    const rest = walker.rest;
    if (!rest) return;
    const { side } = rest;
    const { shouldStop } = this.options;
    const isFirst = this.#cuts === 0;
    const fair = Math.max(1, Math.floor(this.#idle / this.#active.size));
    const helpers = Math.min(fair, HELPERS_PER_PAGE * walker.pages);
    this.#expected += helpers;
    this.#beingCut.add(walker);
    const most = (isFirst ? PROBES_FOR_FIRST_CUT : PROBES_PER_CUT) + 2 * helpers;
    const splitter = new RangeSplitter(this.options[side], most, this.#symbols, shouldStop, false);
    try {
      const parts = await splitter.split(rest, 1 + helpers);
      const lastAtHand = rest.page.objects.at(-1)?.key ?? '';
      const first = parts.findIndex(({ range }) => isBehind(range, lastAtHand) && walker.cut(range.after as string));
      if (first < 0) return;
      this.#cuts += 1;
      for (const part of parts.slice(first)) this.start(part.range, { side, page: part.page });
    } catch (error) {
      // Leave the walk whole; the walker that lists this place will report the error.
      if (!(error instanceof ListingError)) throw error;
    } finally {
      this.#probes += splitter.probes;
      walker.pages = 0; // Do not try to cut this walker again for a while.
      this.#beingCut.delete(walker);
      this.#expected -= helpers;
    }
  }
}

function isBehind({ after }: KeyRange, key: string): boolean {
  return after !== undefined && compareKeys(after, key) >= 0;
}
