import type { ContinuationToken, UnfinishedListing } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import type { BucketReader, ListedObject, ObjectPage } from '../ports/bucket-reader';
import type { ListedRange } from '../split/range-probes';
import { LookUps } from './look-ups';
import { PageStream, Sequence } from './page-stream';
import { STOP } from './stop';

/** What a walk compares, and when it ends early. */
export interface Walk {
  /** The side whose objects are visited, each exactly once and in order. */
  readonly walked: Pick<BucketReader, 'listPage'>;
  /** The side where their counterparts are looked up. */
  readonly other: Pick<BucketReader, 'listPage'>;
  /**
   * An object counts as absent on the other side only if the page that shows it was requested after the object was listed.
   * The delete loop needs this: an object that is put on both sides meanwhile is not an orphan.
   */
  readonly proveAbsence: boolean;
  /** Called after every object and every page. */
  shouldStop(): boolean;
}

export interface Visitor {
  /**
   * Decides about an object. A promise makes the walk wait, so that work does not pile up. `STOP` ends the walk before this object.
   */
  visit(object: ListedObject, counterpart: ListedObject | undefined): Decision | Promise<Decision>;
  /**
   * Decides about an object that only the other side has. Without it the walk passes such objects. Pages of both sides are fetched
   * ahead, so an object that was put on both sides meanwhile may seem to be on one.
   */
  visitOther?(object: ListedObject): Decision | Promise<Decision>;
  /** Awaited before every wait for a page, and at the end of the walk, so that no decision grows old meanwhile. */
  flush?(): Promise<void> | undefined;
}

/** How many objects are looked up at the same time. */
const LOOK_UPS = 32;

// biome-ignore lint/suspicious/noConfusingVoidType: a promise of nothing
export type Decision = typeof STOP | undefined | void;

export interface WalkEnd {
  /** The range that is not decided yet; absent = the walked side was visited to the end of the range. */
  readonly remainder?: ContinuationToken;
  /** At least one object was decided. */
  readonly begun: boolean;
  /** The error that ended the walk early, if it was an error. */
  readonly error?: unknown;
}

/** The sides of a walk by their part in it. */
export type WalkSide = 'walked' | 'other';

/** The page that a range begins with, if somebody has listed it already. */
export interface FirstPage {
  readonly side: WalkSide;
  readonly page: ObjectPage;
}

/**
 * Merge-join of both sides of a range. Memory holds a few pages, whatever the number of objects.
 *
 * Visits the objects of the walked side. A visitor with `visitOther` also gets the objects that only the other side has.
 *
 * A counterpart is absent only if the other side was listed beyond the key, or to the end of the range.
 * If a listing fails, the walk ends with `error`, and no object behind `#decided` was visited.
 */
export class Walker {
  #walkedPages = 0;
  #otherPages = 0;
  readonly #walked: PageStream;
  readonly #other: PageStream;
  readonly #lookUps: LookUps;
  #range: ContinuationToken;
  /** All keys up to and including this one are decided. */
  #decided: string | undefined;
  /** The other side has passed keys behind `#decided`. */
  #passed = false;
  #over = false;

  constructor(
    private readonly walk: Walk,
    { listing = {}, ...range }: ContinuationToken,
    private readonly visitor: Visitor,
    private readonly onPage: () => void = () => {},
    first?: FirstPage,
  ) {
    const sequence = new Sequence();
    const pageOf = (side: WalkSide) => (first?.side === side ? first.page : undefined);
    this.#range = range;
    this.#walked = new PageStream(walk.walked, range, sequence, true, pageOf('walked'), listing.walked);
    // To prove absence, do not prefetch: a page that was fetched ahead proves nothing about objects that are listed later.
    this.#other = new PageStream(walk.other, range, sequence, !walk.proveAbsence, pageOf('other'), listing.other);
    this.#lookUps = new LookUps(walk.other, () => walk.shouldStop());
  }

  /** How many pages were listed, of the side that has more of them. */
  get pages(): number {
    return this.visitor.visitOther ? Math.max(this.#walkedPages, this.#otherPages) : this.#walkedPages;
  }

  /** There are more pages to list. */
  get hasMore(): boolean {
    return this.#longer.hasMore;
  }

  /** The listing passes pages without keys, so nobody can take over a part. */
  get isInGap(): boolean {
    return this.#longer.isInGap;
  }

  /** What is left to walk, with the rest of the current page; undefined if nothing is left behind that page, or there is no page. */
  get rest(): (ListedRange & { readonly side: WalkSide }) | undefined {
    const page = this.#longer.rest;
    if (page.objects.length === 0 || page.next === undefined) return undefined;
    return { range: this.#remainder, page, side: this.#longer === this.#walked ? 'walked' : 'other' };
  }

  /** Leaves the keys behind `point` to another walker. @returns false if the walk has passed `point` already, or has ended */
  cut(point: string): boolean {
    const at = this.#at;
    if (this.#over || this.#longer.ended || at === undefined || compareKeys(at, point) > 0) return false;
    this.#range = { ...this.#range, until: point };
    this.#walked.cut(point);
    this.#other.cut(point);
    return true;
  }

  async run(): Promise<WalkEnd> {
    // Otherwise the other side is listed only if the walked side has keys, and after them.
    if (this.visitor.visitOther && !this.walk.proveAbsence) this.#other.begin();
    try {
      const complete = await this.#join();
      return { begun: this.#decided !== undefined, ...(!complete && { remainder: this.#remainder }) };
    } catch (error) {
      return { begun: this.#decided !== undefined, remainder: this.#remainder, error };
    } finally {
      this.#over = true;
      await Promise.all([this.visitor.flush?.(), this.#walked.settle(), this.#other.settle(), this.#lookUps.settle()]);
    }
  }

  /** The side that shows how much is left: once the walked side is at its end, the other one, if its objects are visited too. */
  get #longer(): PageStream {
    return this.visitor.visitOther && !this.#walked.hasMore && this.#other.hasMore ? this.#other : this.#walked;
  }

  /** No key behind this one is being visited. */
  get #at(): string | undefined {
    const other = this.visitor.visitOther ? this.#other.current?.key : undefined;
    return this.#walked.current?.key ?? other ?? this.#decided;
  }

  get #remainder(): ContinuationToken {
    // The range's end is decided: only an empty range is left.
    if (this.#decided === this.#range.until && this.#decided !== undefined) {
      return { after: this.#decided, until: this.#decided };
    }
    const listing = this.#unfinishedListing;
    return {
      ...this.#range,
      ...(this.#decided !== undefined && { after: this.#decided }),
      ...(listing && { listing }),
    };
  }

  get #unfinishedListing(): UnfinishedListing | undefined {
    const walked = this.#walked.resume;
    const other = this.#isOtherAhead ? this.#other.resume : undefined;
    if (walked === undefined && other === undefined) return undefined;
    return { ...(walked !== undefined && { walked }), ...(other !== undefined && { other }) };
  }

  /** The other side has not passed any undecided key, and its current key is undecided. */
  get #isOtherAhead(): boolean {
    const at = this.#other.current?.key;
    return !this.#passed && (at === undefined || this.#decided === undefined || compareKeys(at, this.#decided) > 0);
  }

  /** @returns whether the range was walked to its end */
  async #join(): Promise<boolean> {
    const { proveAbsence, shouldStop } = this.walk;
    const [walked, other] = [this.#walked, this.#other];
    for (;;) {
      while (!walked.current && !walked.ended) {
        if (walked.isInGap && shouldStop()) return false;
        await this.#load(walked);
      }
      const object = walked.current;
      if (!object) return this.#passTo();

      if (!(await this.#passTo(object.key))) return false;
      let counterpart = other.current?.key === object.key ? other.current : undefined;
      if (!counterpart && proveAbsence && other.requestedAt < walked.receivedAt) {
        if (!other.isGapCarried) {
          other.restart(this.#decided ?? this.#range.after);
          continue;
        }
        const found = await this.#lookUp();
        if (found === STOP) return false;
        counterpart = found;
      }
      const busy = this.visitor.visit(object, counterpart);
      if (busy === STOP || (busy && (await busy) === STOP)) return false;
      this.#decided = object.key;
      this.#passed = false;
      if (this.visitor.visitOther && other.current?.key === object.key) other.advance();
      walked.advance();
      // The range may end with this object, although the listing has not shown yet that nothing follows.
      if (shouldStop()) return this.#isDone;
    }
  }

  /** The range may end with the last decided object, although the listings have not shown yet that nothing follows. */
  get #isDone(): boolean {
    const isOver = ({ ended, current }: PageStream) => ended && !current;
    const isOtherDone = !this.visitor.visitOther || isOver(this.#other);
    return this.#decided === this.#range.until || (isOver(this.#walked) && isOtherDone);
  }

  /**
   * Moves the other side to the first key that is not before `key`, or to its end. Visits what it passes, if the visitor wants that.
   *
   * @returns false if the walk should stop on the way
   */
  #passTo(key?: string): Promise<boolean> | true {
    if (this.visitor.visitOther) return this.#visitTo(key);
    return key === undefined || this.#skipTo(key);
  }

  async #visitTo(key: string | undefined): Promise<boolean> {
    const other = this.#other;
    for (;;) {
      while (other.current) {
        const object = other.current;
        if (key !== undefined && compareKeys(object.key, key) >= 0) return true;
        const busy = this.visitor.visitOther?.(object);
        if (busy === STOP || (busy && (await busy) === STOP)) return false;
        this.#decided = object.key;
        other.advance();
        if (this.walk.shouldStop()) return this.#isDone;
      }
      if (other.ended) return true;
      if (other.isInGap && this.walk.shouldStop()) return false;
      await this.#load(other);
    }
  }

  /**
   * Moves the other side to the first key that is not before `key`. The walked side has no key between the last decided key and
   * `key`, so all keys that were passed count as decided.
   */
  async #skipTo(key: string): Promise<boolean> {
    const other = this.#other;
    let passed: string | undefined;
    for (;;) {
      while (other.current) {
        if (compareKeys(other.current.key, key) >= 0) return true;
        passed = other.current.key;
        this.#passed = true;
        other.advance();
      }
      if (other.ended) return true;
      if ((passed !== undefined || other.isInGap) && this.walk.shouldStop()) {
        if (passed !== undefined) [this.#decided, this.#passed] = [passed, false];
        return false;
      }
      await this.#load(other);
    }
  }

  /** Looks up the counterpart of `current` by a request of its own, and the counterparts of the objects that come next. */
  #lookUp(): Promise<ListedObject | undefined | typeof STOP> {
    const next = this.#other.current?.key;
    const objects = this.#walked.ahead(LOOK_UPS).filter(({ key }) => next === undefined || compareKeys(key, next) < 0);
    return this.#lookUps.find(
      objects.map(({ key }) => key),
      () => this.visitor.flush?.(),
    );
  }

  async #load(stream: PageStream): Promise<void> {
    await this.visitor.flush?.();
    await stream.load();
    const before = this.pages;
    if (stream === this.#walked) this.#walkedPages += 1;
    else this.#otherPages += 1;
    if (this.pages > before) this.onPage();
  }
}
