import type { ContinuationToken, KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import type { ObjectPage } from '../ports/bucket-reader';
import { KeySymbols } from '../split/key-symbols';
import { RangeSplitter } from '../split/split-range';
import { type Visitor, type Walk, type WalkEnd, Walker } from './walker';

/** When ranges are shared, and what that may cost. */
export interface Sharing {
  /** Pages of the walked side before the first cut. */
  readonly pagesBefore: number;
  /** List requests to find places for cuts, in addition to `PROBES_PER_PAGE`. */
  readonly probes: number;
}

export const SHARING = {
  /** A small bucket is listed sooner than shared. */
  firstRound: { pagesBefore: 6, probes: 64 },
  /** What a round has left is large. */
  laterRound: { pagesBefore: 2, probes: 64 },
  /** There is company already, and each range has little. */
  manyTasks: { pagesBefore: 16, probes: 8 },
} satisfies Record<string, Sharing>;

/** List requests to find places for cuts, for each page of the walked side. */
const PROBES_PER_PAGE = 1 / 32;

/** List requests for one cut; where more are needed, too little is left. At first nothing is known of the keys. */
const PROBES_PER_CUT = 4;
const PROBES_FOR_FIRST_CUT = 16;

/** Walkers that join at the first cut, for each page that was needed to see that there is more. */
const HELPERS_PER_PAGE = 4;

/** A walk is cut again only when it has gone on for so many pages, or for its part of all pages so far. */
const PAGES_BEFORE_CUT = 2;
const PART_OF_PAGES = 1 / 2;

export interface SharedWalk extends Walk {
  /** Walkers at the same time, 1 or more; no more of them end early. */
  readonly walkers: number;
  readonly sharing: Sharing;
  /** Asked after every object and every page: whether to end early so that others get what is left. */
  shouldShare?(): boolean;
  /** For each walker its own: `after` is where its range begins. */
  createVisitor(after: string | undefined): Visitor;
}

/**
 * Walks ranges by several walkers, because listing is waiting. It begins with one for each range; when their pages show
 * that there is more, others take over parts of what they have left, and whoever is done helps the one that walks longest.
 *
 * @returns how each walker ended; their remainders together are what is left of the ranges
 */
export async function walkRanges(ranges: readonly ContinuationToken[], options: SharedWalk): Promise<WalkEnd[]> {
  const crew = new Crew(options);
  for (const range of ranges) crew.start(range);
  return crew.finish();
}

class Crew {
  readonly #active = new Set<Walker>();
  readonly #tasks: Promise<WalkEnd | undefined>[] = [];
  /** What the keys are made of, as far as cutting has shown. */
  readonly #symbols = new KeySymbols();
  /** Walks of which somebody is about to take over a part. */
  readonly #beingCut = new Set<Walker>();
  /** Walks that ended early: what they have left comes back beside what the others will have. */
  #left = 0;
  #pages = 0;
  #cuts = 0;
  /** Walkers that are about to start. */
  #expected = 0;
  #probes = 0;
  #failed = false;
  #isShared = false;

  constructor(private readonly options: SharedWalk) {}

  start(range: ContinuationToken, firstPage?: ObjectPage): void {
    const { options } = this;
    const walk: Walk = { ...options, shouldStop: () => this.#shouldStop() };
    const walker = new Walker(walk, range, options.createVisitor(range.after), () => this.#onPage(), firstPage);
    this.#active.add(walker);
    this.#addTask(this.#run(walker));
  }

  async finish(): Promise<WalkEnd[]> {
    const ends: WalkEnd[] = [];
    const errors: unknown[] = [];
    // Walkers that start meanwhile are behind in the list.
    for (let index = 0; index < this.#tasks.length; index++) {
      const end = await this.#tasks[index]?.catch((error: unknown) => void errors.push(error));
      if (end) ends.push(end);
    }
    if (errors.length > 0) throw errors[0];
    return ends;
  }

  /** What fails ends all others, and is thrown once they have ended. */
  #addTask(task: Promise<WalkEnd | undefined>): void {
    task.catch(() => {
      this.#failed = true;
    });
    this.#tasks.push(task);
  }

  async #run(walker: Walker): Promise<WalkEnd> {
    const end = await walker.run();
    this.#active.delete(walker);
    // A range that cannot be listed may stay so for good: if it ended the others, a round would do an object of each.
    this.#failed ||= end.error !== undefined && !(end.error instanceof ListingError);
    if (end.remainder) this.#left += 1;
    this.#recruit();
    return end;
  }

  #shouldStop(): boolean {
    const { shouldStop, shouldShare } = this.options;
    if (this.#failed || shouldStop()) return true;
    // All of them end once one has: a page is not worth it, and cannot be cut.
    this.#isShared ||=
      shouldShare?.() === true && [...this.#active].some((walker) => walker.hasMore && !walker.isInGap);
    return this.#isShared;
  }

  /** Walkers that may still start; a walk that ended early keeps its place, for it brings back a token. */
  get #idle(): number {
    return this.options.walkers - this.#active.size - this.#expected - this.#left;
  }

  #onPage(): void {
    this.#pages += 1;
    this.#recruit();
  }

  #recruit(): void {
    const { walkers, sharing, shouldStop } = this.options;
    const { pagesBefore, probes } = sharing;
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
    const { walked, shouldStop } = this.options;
    const isFirst = this.#cuts === 0;
    const fair = Math.max(1, Math.floor(this.#idle / this.#active.size));
    const helpers = Math.min(fair, HELPERS_PER_PAGE * walker.pages);
    this.#expected += helpers;
    this.#beingCut.add(walker);
    const most = (isFirst ? PROBES_FOR_FIRST_CUT : PROBES_PER_CUT) + 2 * helpers;
    const splitter = new RangeSplitter(walked, most, this.#symbols, shouldStop, false);
    try {
      const parts = await splitter.split(rest, 1 + helpers);
      const lastAtHand = rest.page.objects.at(-1)?.key ?? '';
      const first = parts.findIndex(({ range }) => isBehind(range, lastAtHand) && walker.cut(range.after as string));
      if (first < 0) return;
      this.#cuts += 1;
      for (const part of parts.slice(first)) this.start(part.range, part.page);
    } catch (error) {
      // Then the walk goes on undivided, and meets the same error where it matters.
      if (!(error instanceof ListingError)) throw error;
    } finally {
      this.#probes += splitter.probes;
      walker.pages = 0; // to be left alone for a while, whatever came of it
      this.#beingCut.delete(walker);
      this.#expected -= helpers;
    }
  }
}

function isBehind({ after }: KeyRange, key: string): boolean {
  return after !== undefined && compareKeys(after, key) >= 0;
}
