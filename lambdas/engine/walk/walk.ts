import type { ContinuationToken, KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { KeySymbols } from '../split/key-symbols';
import { RangeSplitter } from '../split/split-range';
import { CutBudget, type CutLimits } from './cut-budget';
import { partsBehind } from './parts-behind';
import { type FirstPage, type Visitor, type Walk, type WalkEnd, Walker } from './walker';

/** How many probes of a cut are sent together. In a small bucket the answer to one may make the next one unnecessary. */
const AT_ONCE = 3;
const AT_ONCE_IN_SMALL = 1;

/** How many walkers join at a cut, for each page that the cut walker has listed beyond those that were expected. */
const HELPERS_PER_PAGE = 4;

/** A walker is cut only after this many pages more than expected, or after its part of all pages so far. */
const PAGES_BEFORE_CUT = 2;
const PART_OF_PAGES = 1 / 2;

/** However many pages a range is likely to have, it may be cut after this many: its objects may be somewhere else than they were. */
const MOST_LIKELY_PAGES = 32;

export interface SharedWalk extends Walk {
  /** The most walkers at the same time, 1 or more. At most this many remainders come back. */
  readonly walkers: number;
  readonly cutLimits: CutLimits;
  /** How many pages each of the ranges is likely to have. It is not cut before it has shown more. Absent: nobody knows. */
  readonly likelyPages?: readonly number[];
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
  ranges.forEach((range, index) => {
    const likelyPages = Math.min(options.likelyPages?.[index] ?? 0, MOST_LIKELY_PAGES);
    crew.start(range, { likelyPages });
  });
  return crew.finish();
}

interface Start {
  /** The page that the range begins with, if somebody has listed it already. */
  readonly first?: FirstPage;
  /** How many pages the range is likely to have; 0: nobody knows. */
  readonly likelyPages?: number;
}

/** A walker that may be cut, and how many pages it has listed beyond those that were expected. */
interface Candidate {
  readonly walker: Walker;
  readonly pages: number;
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
  readonly #budget: CutBudget;
  /** Where the keys of a walker's range end, as far as the cuts have shown. */
  readonly #ends = new WeakMap<Walker, string>();
  /** How many pages a walker lists before it may be cut: as many as its range is likely to have, or as it had at the last try. */
  readonly #expectedPages = new WeakMap<Walker, number>();
  /** How many walkers are about to start. */
  #expected = 0;
  #failed = false;
  #handsBack = false;

  constructor(private readonly options: SharedWalk) {
    this.#budget = new CutBudget(options.cutLimits);
  }

  start(range: ContinuationToken, { first, likelyPages = 0 }: Start): Walker {
    const { options } = this;
    const walk: Walk = { ...options, shouldStop: () => this.#shouldStop() };
    const walker = new Walker(walk, range, options.createVisitor(range.after), () => this.#onPage(), first);
    this.#expectedPages.set(walker, likelyPages);
    this.#active.add(walker);
    this.#addTask(this.#run(walker));
    return walker;
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
    // A ListingError does not end the other walkers: if every round meets it, each round would otherwise do only an object or two.
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
    this.#budget.countPage();
    this.#recruit();
  }

  #recruit(): void {
    const { walkers, shouldStop, cutLimits } = this.options;
    if (this.#idle <= 0 || !this.#budget.mayCut || this.#failed || shouldStop()) return;
    const least = Math.max(
      Math.min(PAGES_BEFORE_CUT, cutLimits.pagesBefore),
      (this.#budget.pages / walkers) * PART_OF_PAGES,
    );
    const longest = [...this.#active]
      .map((walker) => ({ walker, pages: this.#unexpectedPages(walker) }))
      .filter(({ walker, pages }) => pages >= least && !this.#beingCut.has(walker))
      .reduce<Candidate | undefined>((most, one) => (most && most.pages >= one.pages ? most : one), undefined);
    if (longest) this.#addTask(this.#takeOver(longest));
  }

  /** A walk that has listed more pages than expected is likely to go on for long. Below 0: it has not listed all that are expected. */
  #unexpectedPages(walker: Walker): number {
    return walker.pages - (this.#expectedPages.get(walker) ?? 0);
  }

  async #takeOver({ walker, pages }: Candidate): Promise<undefined> {
    const { rest } = walker;
    if (!rest) return;
    const { side } = rest;
    const { isSmall } = this.#budget;
    const fair = Math.max(1, Math.floor(this.#idle / this.#active.size));
    const wanted = Math.min(fair, HELPERS_PER_PAGE * pages);
    const probes = this.#budget.reserve(wanted);
    const helpers = Math.min(wanted, probes);
    this.#expected += helpers;
    this.#beingCut.add(walker);
    const splitter = new RangeSplitter(this.options[side], probes, {
      symbols: this.#symbols,
      shouldStop: this.options.shouldStop,
      evenly: false,
      atOnce: isSmall ? AT_ONCE_IN_SMALL : AT_ONCE,
      end: this.#ends.get(walker),
    });
    let last = walker;
    try {
      const split = await splitter.split(rest, 1 + helpers);
      const parts = isSmall ? partsBehind(rest, splitter.listed, helpers) : split;
      const lastAtHand = rest.page.objects.at(-1)?.key ?? '';
      const first = parts.findIndex(({ range }) => isBehind(range, lastAtHand) && walker.cut(range.after as string));
      if (first < 0) return;
      for (const part of parts.slice(first)) last = this.start(part.range, { first: { side, page: part.page } });
    } catch (error) {
      // Leave the walk whole; the walker that lists this place will report the error.
      if (!(error instanceof ListingError)) throw error;
    } finally {
      this.#budget.settle(probes, splitter.probes, last !== walker);
      if (splitter.end !== undefined) this.#ends.set(last, splitter.end);
      this.#expectedPages.set(walker, walker.pages); // Do not try to cut this walker again for a while.
      this.#beingCut.delete(walker);
      this.#expected -= helpers;
    }
  }
}

function isBehind({ after }: KeyRange, key: string): boolean {
  return after !== undefined && compareKeys(after, key) >= 0;
}
