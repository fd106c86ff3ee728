import type { ContinuationToken, UnfinishedListing } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import type { BucketReader, ListedObject, ObjectPage } from '../ports/bucket-reader';
import type { ListedRange } from '../split/range-probes';
import { LookUps } from './look-ups';
import { PageStream, Sequence } from './page-stream';

/** What a walk compares, and when it ends early. */
export interface Walk {
  /** The side whose objects are visited, each exactly once and in order. */
  readonly walked: BucketReader;
  /** The side in which their counterparts are looked up. */
  readonly other: BucketReader;
  /**
   * Call an object absent on the other side only by a page that was asked for after the object had been listed.
   * The delete loop needs it: what was put on both sides meanwhile is no orphan.
   */
  readonly proveAbsence: boolean;
  /** Asked after every object and every page. */
  shouldStop(): boolean;
}

export interface Visitor {
  /**
   * Decides an object. A promise makes the walk wait, so that work does not pile up; `STOP` ends it before this object.
   */
  visit(object: ListedObject, counterpart: ListedObject | undefined): Decision | Promise<Decision>;
  /** Awaited before every wait for a page, and at the end of the walk: what was decided must not grow old meanwhile. */
  flush?(): Promise<void> | undefined;
}

export const STOP = Symbol('stop');

/** Objects that are looked up at the same time. */
const LOOK_UPS = 32;

// biome-ignore lint/suspicious/noConfusingVoidType: a promise of nothing
export type Decision = typeof STOP | undefined | void;

export interface WalkEnd {
  /** What is not decided yet; absent = the walked side was visited to the end of the range. */
  readonly remainder?: ContinuationToken;
  /** At least one object was decided. */
  readonly begun: boolean;
  /** Why it ended early, if not because it had to stop. */
  readonly error?: unknown;
}

/**
 * Merge-join of both sides of a range: memory holds a few pages, whatever the number of objects.
 *
 * A counterpart is absent only if the other side was listed beyond the key, or to the end of the range.
 * A listing that fails ends the walk with `error`; nothing behind `decided` was visited.
 */
export class Walker {
  /** Pages of the walked side since somebody last tried to cut the walk: what has taken long is likely to take long yet. */
  pages = 0;
  readonly #walked: PageStream;
  readonly #other: PageStream;
  readonly #lookUps: LookUps;
  #range: ContinuationToken;
  /** All keys up to and including this one are decided. */
  #decided: string | undefined;
  /** The other side has come by keys behind that one. */
  #passed = false;
  #over = false;

  constructor(
    private readonly walk: Walk,
    { listing = {}, ...range }: ContinuationToken,
    private readonly visitor: Visitor,
    private readonly onPage: () => void = () => {},
    firstPage?: ObjectPage,
  ) {
    const sequence = new Sequence();
    this.#range = range;
    this.#walked = new PageStream(walk.walked, range, sequence, true, firstPage, listing.walked);
    // A page fetched ahead proves nothing about objects that are listed later.
    this.#other = new PageStream(walk.other, range, sequence, !walk.proveAbsence, undefined, listing.other);
    this.#lookUps = new LookUps(walk.other, () => walk.shouldStop());
  }

  /** Another page has to be listed. */
  get hasMore(): boolean {
    return this.#walked.hasMore;
  }

  /** It lists pages without keys, and nobody can take over a part of that. */
  get isInGap(): boolean {
    return this.#walked.isInGap;
  }

  /** What is left to walk, with the page at hand; undefined where that is all, or no page is at hand. */
  get rest(): ListedRange | undefined {
    const page = this.#walked.rest;
    if (page.objects.length === 0 || page.next === undefined) return undefined;
    return { range: this.#remainder, page };
  }

  /** Leaves what is behind `point` to others. @returns false if the walk is there already, or over */
  cut(point: string): boolean {
    const at = this.#walked.current?.key ?? this.#decided;
    if (this.#over || this.#walked.ended || at === undefined || compareKeys(at, point) > 0) return false;
    this.#range = { ...this.#range, until: point };
    this.#walked.cut(point);
    this.#other.cut(point);
    return true;
  }

  async run(): Promise<WalkEnd> {
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

  get #remainder(): ContinuationToken {
    // An upload that the range is about is that of its end, and went on with it.
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

  /** The other side has come by no key that is not decided, and is not at one that is. */
  get #isOtherAhead(): boolean {
    const at = this.#other.current?.key;
    return !this.#passed && (at === undefined || this.#decided === undefined || compareKeys(at, this.#decided) > 0);
  }

  /** @returns whether the range is walked to its end */
  async #join(): Promise<boolean> {
    const { proveAbsence, shouldStop } = this.walk;
    const [walked, other] = [this.#walked, this.#other];
    for (;;) {
      while (!walked.current && !walked.ended) {
        if (walked.isInGap && shouldStop()) return false;
        await this.#load(walked);
      }
      const object = walked.current;
      if (!object) return true;

      if (!(await this.#skipTo(object.key))) return false;
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
      walked.advance();
      // The page may end with the range, before the listing shows that nothing follows.
      if (shouldStop()) return object.key === this.#range.until || (walked.ended && !walked.current);
    }
  }

  /**
   * Moves the other side to the first key that is not before `key`.
   *
   * @returns false when it should stop on the way. The walked side has nothing between the last decided key and `key`, so
   *     all keys that it passed count as decided.
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

  /** Asks for the counterpart of `current` by itself, and for those of some objects behind it that will be asked for, too. */
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
    if (stream !== this.#walked) return;
    this.pages += 1;
    this.onPage();
  }
}
