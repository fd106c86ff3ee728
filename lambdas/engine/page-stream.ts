import type { KeyRange } from '../../statemachine/contract';
import { ListingError } from '../../statemachine/errors';
import { compareKeys } from './compare-keys';
import type { ListedObject, ObjectPage, ObjectSource } from './object-store';

/** Numbers the requests and answers of both sides of a walk, so that one can be told to be later than another. */
export class Sequence {
  #last = 0;

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

interface NumberedPage extends ObjectPage {
  readonly requestedAt: number;
  readonly receivedAt: number;
}

/**
 * The objects of one side of a range in key order, a page at a time; the page after is fetched meanwhile.
 *
 * `current` is the object at hand. After `advance` it may be undefined: then either `ended` is true, and the range is
 * listed to its end, or `load` brings the next page. An error is thrown by `load`, never shown as an end.
 */
export class PageStream {
  current: ListedObject | undefined;
  ended = false;
  /** When the page at hand was received; of an ended stream, its last page. */
  receivedAt = 0;

  #requestedAt = 0;
  /** The same of the page before, or of the first of several empty ones; 0 where there is none. */
  #gapRequestedAt = 0;
  #objects: readonly ListedObject[] = [];
  #index = 0;
  #lastKey: string | undefined;
  #startAfter: string | undefined;
  #continuation: string | undefined;
  #until: string | undefined;
  #prefetched: Promise<NumberedPage> | undefined;

  /** @param firstPage  of the range, where somebody has listed it already */
  constructor(
    private readonly side: ObjectSource,
    range: KeyRange,
    private readonly sequence: Sequence,
    private readonly prefetch: boolean,
    firstPage?: ObjectPage,
  ) {
    this.#startAfter = range.after;
    this.#lastKey = range.after;
    this.#until = range.until;
    if (firstPage) this.#prefetched = Promise.resolve(this.#number(firstPage, sequence.next()));
  }

  /** Behind the page at hand there is more of the range. */
  get hasMore(): boolean {
    return !this.ended && this.#continuation !== undefined;
  }

  /** What is at hand of the range, beginning with `current`. */
  get rest(): ObjectPage {
    return { objects: this.#objects.slice(this.#index), ...(!this.ended && { next: this.#continuation }) };
  }

  /**
   * When what lies right before `current`, or before the end, was asked for. A page may be shorter than what it covers,
   * since S3 passes over delete markers; so it is the page before that tells what lies before a page's first key.
   */
  get requestedAt(): number {
    return this.#index === 0 && this.#gapRequestedAt > 0 ? this.#gapRequestedAt : this.#requestedAt;
  }

  advance(): void {
    this.#index += 1;
    this.current = this.#objects[this.#index];
  }

  /** @throws ListingError  the range could not be listed; what was not listed must not be compared */
  async load(): Promise<void> {
    const page = await (this.#prefetched ?? this.#fetch());
    this.#prefetched = undefined;
    if (this.#objects.length > 0 || this.#gapRequestedAt === 0) this.#gapRequestedAt = this.#requestedAt;
    this.#objects = this.#inRange(page.objects);
    this.#index = 0;
    this.current = this.#objects[0];
    this.#requestedAt = page.requestedAt;
    this.receivedAt = page.receivedAt;
    this.#continuation = page.next;
    this.ended ||= page.next === undefined;
    if (!this.ended && this.prefetch) this.#prefetched = this.#fetchAhead();
  }

  /** Ends the range earlier, at `until`. What is beyond it was listed, if at all, with the pages before its end. */
  cut(until: string): void {
    this.#until = until;
    const within = upTo(until, this.#objects);
    if (within.length === this.#objects.length) return;
    this.ended = true;
    this.#objects = within;
    this.current = this.#objects[this.#index];
  }

  /** Waits for the request that is under way, if there is one: it counts, though nobody wants its answer any more. */
  async settle(): Promise<void> {
    await this.#prefetched?.catch(() => {});
  }

  /** Goes back to just behind `after` and forgets what was listed beyond it. */
  restart(after: string | undefined): void {
    this.#requestedAt = 0;
    this.#gapRequestedAt = 0;
    this.#objects = [];
    this.#index = 0;
    this.current = undefined;
    this.ended = false;
    this.#lastKey = after;
    this.#startAfter = after;
    this.#continuation = undefined;
    this.#prefetched = undefined;
  }

  /** Cuts the page at the range's end, once it is sure that all of it is in the order that the walk relies on. */
  #inRange(objects: readonly ListedObject[]): readonly ListedObject[] {
    requireOrder(objects, this.#lastKey);
    this.#lastKey = objects.at(-1)?.key ?? this.#lastKey;
    const last = objects.at(-1);
    if (this.#until === undefined || !last || compareKeys(last.key, this.#until) <= 0) return objects;
    this.ended = true;
    return upTo(this.#until, objects);
  }

  async #fetch(): Promise<NumberedPage> {
    const requestedAt = this.sequence.next();
    const page = await this.side.listPage(
      this.#continuation === undefined ? { startAfter: this.#startAfter } : { continuation: this.#continuation },
    );
    return this.#number(page, requestedAt);
  }

  #number(page: ObjectPage, requestedAt: number): NumberedPage {
    return { ...page, requestedAt, receivedAt: this.sequence.next() };
  }

  #fetchAhead(): Promise<NumberedPage> {
    const page = this.#fetch();
    page.catch(() => {}); // thrown by the `load` that takes this page; until then it is not unhandled
    return page;
  }
}

/** @throws ListingError  the keys are not in UTF-8 order, or not all behind `after` */
export function requireOrder(objects: readonly ListedObject[], after: string | undefined): void {
  let previous = after;
  for (const { key } of objects) {
    if (previous !== undefined && compareKeys(previous, key) >= 0) {
      throw new ListingError(
        `Expected keys in UTF-8 order, got ${JSON.stringify(key)} after ${JSON.stringify(previous)}`,
      );
    }
    previous = key;
  }
}

/** Those up to and including `until`. */
export function upTo(until: string, objects: readonly ListedObject[]): readonly ListedObject[] {
  const beyond = objects.findIndex(({ key }) => compareKeys(key, until) > 0);
  return beyond < 0 ? objects : objects.slice(0, beyond);
}
