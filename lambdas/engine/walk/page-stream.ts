import type { KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { upTo } from '../keys/key-range';
import { listAgain } from '../listing/list-again';
import { requireOrder } from '../listing/page-order';
import { TokenWatch } from '../listing/token-watch';
import type { BucketReader, ListedObject, ObjectPage, PageRequest } from '../ports/bucket-reader';

/** Numbers the requests and answers of both sides of a walk, so that one can be told to be later than another. */
export class Sequence {
  #last = 0;

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

interface NumberedPage extends ObjectPage {
  /** By which it was asked for, if by one. */
  readonly token?: string;
  readonly requestedAt: number;
  readonly receivedAt: number;
}

/**
 * The objects of one side of a range in key order, a page at a time; the page after is fetched meanwhile.
 *
 * `current` is the object at hand. After `advance` it may be undefined: then either `ended` is true, and the range is
 * listed to its end, or `load` brings the next page. An error is thrown by `load`, never shown as an end.
 *
 * A server that rejects its own continuation tokens is asked by `StartAfter` instead. A token of an earlier round may
 * have expired: then the range is listed from its beginning.
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
  #watch = new TokenWatch();
  /** By which the page at hand was asked for. */
  #token: string | undefined;
  /** Pages without objects since the last object, or since the range's beginning. */
  #emptyPages = 0;
  /** What lies before the page at hand was listed in an earlier round, back to the last object. */
  #isGapCarried = false;
  #refusesTokens = false;
  /** Keys up to this one may be listed once more, and are passed over. */
  #decided: string | undefined;

  /**
   * @param firstPage  of the range, where somebody has listed it already
   * @param token  S3's own, of an earlier round that found no object before it
   */
  constructor(
    private readonly side: BucketReader,
    range: KeyRange,
    private readonly sequence: Sequence,
    private readonly prefetch: boolean,
    firstPage?: ObjectPage,
    token?: string,
  ) {
    this.#startAfter = range.after;
    this.#lastKey = range.after;
    this.#until = range.until;
    this.#continuation = token;
    if (token !== undefined) {
      this.#isGapCarried = true;
      this.#emptyPages = 1;
      this.#watch.take(token);
      // the token may be from before `after`, if the range has moved on by what the other side showed
      this.#lastKey = undefined;
      this.#decided = range.after;
    }
    if (firstPage) this.#prefetched = inOrder(this.#number(firstPage, sequence.next()), range.after);
  }

  /** Behind the page at hand there is more of the range. */
  get hasMore(): boolean {
    return !this.ended && this.#continuation !== undefined;
  }

  /** Nothing is at hand, since the last page that was loaded had no objects. */
  get isInGap(): boolean {
    return this.current === undefined && !this.ended && this.#emptyPages > 0 && this.receivedAt > 0;
  }

  /** S3's token to go on from, if it is behind pages without objects; all before it is passed. */
  get resume(): string | undefined {
    if (this.ended && this.current === undefined) return undefined;
    if (this.#emptyPages === 0 || this.#index > 0) return undefined;
    return this.current === undefined ? this.#continuation : this.#token;
  }

  /** What lies right before `current`, or before the end, was listed in an earlier round. */
  get isGapCarried(): boolean {
    return this.#isGapCarried && this.#index === 0;
  }

  /** The next objects of the page at hand, beginning with `current`. */
  ahead(count: number): readonly ListedObject[] {
    return this.#objects.slice(this.#index, this.#index + count);
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
    if (this.isGapCarried) return 0;
    return this.#index === 0 && this.#gapRequestedAt > 0 ? this.#gapRequestedAt : this.#requestedAt;
  }

  advance(): void {
    this.#index += 1;
    this.current = this.#objects[this.#index];
  }

  /** @throws ListingError  the range could not be listed; what was not listed must not be compared */
  async load(): Promise<void> {
    const page = await this.#next();
    if (this.#objects.length > 0) this.#isGapCarried = false;
    if (this.#objects.length > 0 || this.#gapRequestedAt === 0) this.#gapRequestedAt = this.#requestedAt;
    if (this.#objects.length > 0) this.#emptyPages = 0;
    this.#objects = behind(this.#decided, this.#inRange(page.objects));
    this.#index = 0;
    this.current = this.#objects[0];
    this.#requestedAt = page.requestedAt;
    this.receivedAt = page.receivedAt;
    this.#token = page.token;
    this.#watch.take(page.next);
    this.#continuation = page.next;
    this.ended ||= page.next === undefined;
    if (!this.current) this.#emptyPages += 1;
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
    this.#watch = new TokenWatch();
    this.#token = undefined;
    this.#emptyPages = 0;
    this.#isGapCarried = false;
    this.#decided = undefined;
  }

  /** Cuts the page at the range's end. It is in the order that the walk relies on. */
  #inRange(objects: readonly ListedObject[]): readonly ListedObject[] {
    this.#lastKey = objects.at(-1)?.key ?? this.#lastKey;
    const last = objects.at(-1);
    if (this.#until === undefined || !last || compareKeys(last.key, this.#until) <= 0) return objects;
    this.ended = true;
    return upTo(this.#until, objects);
  }

  async #next(): Promise<NumberedPage> {
    const asked = this.#prefetched ?? this.#fetch();
    this.#prefetched = undefined;
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof ListingError) || !this.#beginAgain(error)) throw error;
      return this.#fetch();
    }
  }

  /** @returns whether there is another way to ask for the page */
  #beginAgain({ refusesToken }: ListingError): boolean {
    if (this.#isGapCarried && this.#requestedAt === 0) {
      this.restart(this.#startAfter);
      return true;
    }
    if (!refusesToken || this.#refusesTokens || this.#objects.length === 0) return false;
    this.#refusesTokens = true;
    return true;
  }

  async #fetch(): Promise<NumberedPage> {
    const requestedAt = this.sequence.next();
    const request = this.#request;
    const page = await listAgain(this.side, request, this.#lastKey);
    return this.#number(page, requestedAt, request.continuation);
  }

  get #request(): PageRequest {
    if (this.#continuation === undefined) return { startAfter: this.#startAfter };
    if (this.#refusesTokens && this.#objects.length > 0) return { startAfter: this.#lastKey };
    return { continuation: this.#continuation };
  }

  #number(page: ObjectPage, requestedAt: number, token?: string): NumberedPage {
    return { ...page, requestedAt, receivedAt: this.sequence.next(), ...(token !== undefined && { token }) };
  }

  #fetchAhead(): Promise<NumberedPage> {
    const page = this.#fetch();
    page.catch(() => {}); // thrown by the `load` that takes this page; until then it is not unhandled
    return page;
  }
}

/** What somebody else has listed is checked where all other pages are: when it is loaded. */
function inOrder(page: NumberedPage, after: string | undefined): Promise<NumberedPage> {
  const checked = Promise.resolve().then(() => {
    requireOrder(page.objects, after);
    return page;
  });
  checked.catch(() => {});
  return checked;
}

/** Those behind `after`. */
function behind(after: string | undefined, objects: readonly ListedObject[]): readonly ListedObject[] {
  return after === undefined ? objects : objects.filter(({ key }) => compareKeys(key, after) > 0);
}
