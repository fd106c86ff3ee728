import type { KeyRange } from '../../statemachine/contract';
import { compareKeys } from './compare-keys';
import type { ListedObject, ObjectPage, ObjectSource } from './object-store';
import { PageStream, Sequence } from './page-stream';
import type { ListedRange } from './range-probes';

/** What a walk compares, and when it ends early. */
export interface Walk {
  /** The side whose objects are visited, each exactly once and in order. */
  readonly walked: ObjectSource;
  /** The side in which their counterparts are looked up. */
  readonly other: ObjectSource;
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

// biome-ignore lint/suspicious/noConfusingVoidType: a promise of nothing
export type Decision = typeof STOP | undefined | void;

export interface WalkEnd {
  /** What is not decided yet; absent = the walked side was visited to the end of the range. */
  readonly remainder?: KeyRange;
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
  #range: KeyRange;
  /** All keys up to and including this one are decided. */
  #decided: string | undefined;
  #over = false;

  constructor(
    private readonly walk: Walk,
    range: KeyRange,
    private readonly visitor: Visitor,
    private readonly onPage: () => void = () => {},
    firstPage?: ObjectPage,
  ) {
    const sequence = new Sequence();
    this.#range = range;
    this.#walked = new PageStream(walk.walked, range, sequence, true, firstPage);
    // A page fetched ahead proves nothing about objects that are listed later.
    this.#other = new PageStream(walk.other, range, sequence, !walk.proveAbsence);
  }

  /** Another page has to be listed. */
  get hasMore(): boolean {
    return this.#walked.hasMore;
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
      await Promise.all([this.visitor.flush?.(), this.#walked.settle(), this.#other.settle()]);
    }
  }

  get #remainder(): KeyRange {
    if (this.#decided === undefined) return this.#range;
    // An upload that the range is about is that of its end, and went on with it.
    if (this.#decided === this.#range.until) return { after: this.#decided, until: this.#decided };
    return { ...this.#range, after: this.#decided };
  }

  /** @returns whether the range is walked to its end */
  async #join(): Promise<boolean> {
    const { proveAbsence, shouldStop } = this.walk;
    const [walked, other] = [this.#walked, this.#other];
    for (;;) {
      while (!walked.current && !walked.ended) await this.#load(walked);
      const object = walked.current;
      if (!object) return true;

      const passed = await this.#skipTo(object.key);
      if (passed !== undefined) {
        this.#decided = passed;
        return false;
      }
      const counterpart = other.current?.key === object.key ? other.current : undefined;
      if (!counterpart && proveAbsence && other.requestedAt < walked.receivedAt) {
        other.restart(this.#decided ?? this.#range.after);
        continue;
      }
      const busy = this.visitor.visit(object, counterpart);
      if (busy === STOP || (busy && (await busy) === STOP)) return false;
      this.#decided = object.key;
      walked.advance();
      // The page may end with the range, before the listing shows that nothing follows.
      if (shouldStop()) return object.key === this.#range.until || (walked.ended && !walked.current);
    }
  }

  /**
   * Moves the other side to the first key that is not before `key`.
   *
   * @returns undefined when it is there; the last key it passed when it should stop on the way. The walked side has
   *     nothing between the last decided key and `key`, so all keys up to that one count as decided.
   */
  async #skipTo(key: string): Promise<string | undefined> {
    const other = this.#other;
    let passed: string | undefined;
    for (;;) {
      while (other.current) {
        if (compareKeys(other.current.key, key) >= 0) return undefined;
        passed = other.current.key;
        other.advance();
      }
      if (other.ended) return undefined;
      if (passed !== undefined && this.walk.shouldStop()) return passed;
      await this.#load(other);
    }
  }

  async #load(stream: PageStream): Promise<void> {
    await this.visitor.flush?.();
    await stream.load();
    if (stream !== this.#walked) return;
    this.pages += 1;
    this.onPage();
  }
}
