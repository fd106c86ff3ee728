import type { KeyRange } from '../../statemachine/contract';
import { ListingError } from '../../statemachine/errors';
import { compareKeys } from './compare-keys';
import type { ObjectPage } from './object-store';
import { RangeSplitter } from './split-range';
import { type Visitor, type Walk, type WalkEnd, Walker } from './walker';

/** A small range is listed sooner than shared. */
const PAGES_ALONE = 4;

/** A walk is shared only when it has gone on for so many pages since it was last cut. */
const PAGES_BEFORE_CUT = 2;

/** Near the end of a range, what is left of a walk is no longer worth the requests that sharing it takes. */
const PAGES_PER_CUT = 1 / 4;

export interface SharedWalk extends Walk {
  /** Walkers at the same time, 1 or more. */
  readonly walkers: number;
  /** For each walker its own: `after` is where its range begins. */
  createVisitor(after: string | undefined): Visitor;
}

/**
 * Walks a range by several walkers, because listing is waiting. It begins with one; when its pages show that there is
 * more, others take over the upper part of what it has left, and whoever is done helps the one that walks longest.
 *
 * @returns how each walker ended; their remainders together are what is left of the range
 */
export async function walkRange(range: KeyRange, options: SharedWalk): Promise<WalkEnd[]> {
  const crew = new Crew(options);
  crew.start(range);
  return crew.finish();
}

class Crew {
  readonly #active = new Set<Walker>();
  readonly #tasks: Promise<WalkEnd | undefined>[] = [];
  readonly #splitter: RangeSplitter;
  /** Walks of which somebody is about to take over a part. */
  readonly #beingCut = new Set<Walker>();
  #pages = 0;
  #failed = false;

  constructor(private readonly options: SharedWalk) {
    this.#splitter = new RangeSplitter(options.walked, Number.POSITIVE_INFINITY);
  }

  start(range: KeyRange, firstPage?: ObjectPage): void {
    const { options } = this;
    const walk: Walk = { ...options, shouldStop: () => this.#failed || options.shouldStop() };
    const walker = new Walker(walk, range, options.createVisitor(range.after), () => this.#onPage(), firstPage);
    this.#active.add(walker);
    this.#tasks.push(this.#run(walker));
  }

  async finish(): Promise<WalkEnd[]> {
    const ends: WalkEnd[] = [];
    // Walkers that start meanwhile are behind in the list.
    for (let index = 0; index < this.#tasks.length; index++) {
      const end = await this.#tasks[index];
      if (end) ends.push(end);
    }
    return ends;
  }

  async #run(walker: Walker): Promise<WalkEnd> {
    const end = await walker.run();
    this.#active.delete(walker);
    this.#failed ||= end.error !== undefined;
    this.#recruit();
    return end;
  }

  #onPage(): void {
    this.#pages += 1;
    this.#recruit();
  }

  #recruit(): void {
    const { walkers, shouldStop } = this.options;
    if (this.#pages < PAGES_ALONE || this.#active.size + this.#beingCut.size >= walkers) return;
    if (this.#failed || shouldStop()) return;
    const least = Math.max(PAGES_BEFORE_CUT, (this.#pages / walkers) * PAGES_PER_CUT);
    const longest = [...this.#active]
      .filter((walker) => walker.pages >= least && !this.#beingCut.has(walker))
      .reduce<Walker | undefined>((most, walker) => (most && most.pages >= walker.pages ? most : walker), undefined);
    if (longest) this.#tasks.push(this.#takeOver(longest));
  }

  async #takeOver(walker: Walker): Promise<undefined> {
    const rest = walker.rest;
    if (!rest) return;
    this.#beingCut.add(walker);
    try {
      const [, upper] = await this.#splitter.split(rest, 2);
      if (upper?.range.after === undefined) return;
      const lastAtHand = rest.page.objects.at(-1)?.key ?? '';
      const worthIt = compareKeys(upper.range.after, lastAtHand) >= 0;
      if (worthIt && walker.cut(upper.range.after)) this.start(upper.range, upper.page);
    } catch (error) {
      // Then the walk goes on undivided, and meets the same error where it matters.
      if (!(error instanceof ListingError)) throw error;
    } finally {
      this.#beingCut.delete(walker);
    }
  }
}
