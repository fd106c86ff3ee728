import type { KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import { upTo } from '../keys/key-range';
import { listAgain } from '../listing/list-again';
import { requireOrder } from '../listing/page-order';
import { TokenWatch } from '../listing/token-watch';
import type { BucketReader, ListedObject, ObjectPage, PageRequest } from '../ports/bucket-reader';

/** Numbers the requests and answers of both sides of a walk, to tell which one came later. */
export class Sequence {
  #last = 0;

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

interface NumberedPage extends ObjectPage {
  /** The continuation token of its request, if it had one. */
  readonly token?: string;
  readonly requestedAt: number;
  readonly receivedAt: number;
}

/**
 * The objects of one side of a range in key order, page by page. The next page is fetched meanwhile.
 *
 * `current` is the current object. After `advance` it may be undefined. Then either `ended` is true and the range is listed to
 * its end, or `load` brings the next page. If a listing fails, `load` throws the error; an error never looks like an end.
 *
 * If a server rejects its own continuation tokens, the stream goes on by `StartAfter`. If a token of an earlier round has
 * expired, the range is listed again from its beginning.
 */
export class PageStream {
  current: ListedObject | undefined;
  ended = false;
  /** When the current page was received; after the end, when the last page was received. */
  receivedAt = 0;

  #requestedAt = 0;
  /** When the page before was requested, or the first of several empty pages before; 0 if there was none. */
  #gapRequestedAt = 0;
  #objects: readonly ListedObject[] = [];
  #index = 0;
  #lastKey: string | undefined;
  #startAfter: string | undefined;
  #continuation: string | undefined;
  #until: string | undefined;
  #prefetched: Promise<NumberedPage> | undefined;
  #watch = new TokenWatch();
  /** The token of the current page's request. */
  #token: string | undefined;
  /** How many pages without objects came since the last object, or since the range's beginning. */
  #emptyPages = 0;
  /** An earlier round has listed what lies between the last object and the current page. */
  #isGapCarried = false;
  #refusesTokens = false;
  /** Keys up to this one may be listed again. They are skipped. */
  #decided: string | undefined;

  /**
   * @param firstPage  of the range, if somebody has listed it already
   * @param token  S3's own token from an earlier round, which found no object before it
   */
  constructor(
    private readonly side: Pick<BucketReader, 'listPage'>,
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
      // the token may lie before `after`: the range may have moved on because of what the other side showed
      this.#lastKey = undefined;
      this.#decided = range.after;
    }
    if (firstPage) this.#prefetched = inOrder(this.#number(firstPage, sequence.next()), range.after);
  }

  /** The range goes on behind the current page. */
  get hasMore(): boolean {
    return !this.ended && this.#continuation !== undefined;
  }

  /** There is no current object, because the last page had no objects. */
  get isInGap(): boolean {
    return this.current === undefined && !this.ended && this.#emptyPages > 0 && this.receivedAt > 0;
  }

  /** S3's token to go on from, if pages without objects lie before it. Everything before it is done. */
  get resume(): string | undefined {
    if (this.ended && this.current === undefined) return undefined;
    if (this.#emptyPages === 0 || this.#index > 0) return undefined;
    return this.current === undefined ? this.#continuation : this.#token;
  }

  /** An earlier round has listed what lies right before `current`, or before the end. */
  get isGapCarried(): boolean {
    return this.#isGapCarried && this.#index === 0;
  }

  /** The next objects of the current page, beginning with `current`. */
  ahead(count: number): readonly ListedObject[] {
    return this.#objects.slice(this.#index, this.#index + count);
  }

  /** The rest of the current page, beginning with `current`. */
  get rest(): ObjectPage {
    return { objects: this.#objects.slice(this.#index), ...(!this.ended && { next: this.#continuation }) };
  }

  /**
   * When the stretch right before `current`, or before the end, was requested. A page may show fewer keys than it covers, because
   * S3 skips delete markers. So the page before shows what lies before the first key of a page.
   */
  get requestedAt(): number {
    if (this.isGapCarried) return 0;
    return this.#index === 0 && this.#gapRequestedAt > 0 ? this.#gapRequestedAt : this.#requestedAt;
  }

  advance(): void {
    this.#index += 1;
    this.current = this.#objects[this.#index];
  }

  /** Asks for the first page now. The `load` that needs it waits less, or throws its error. */
  begin(): void {
    this.#prefetched ??= this.#fetchAhead();
  }

  /** Loads the next page. @throws ListingError  the range could not be listed; its keys must not be compared */
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

  /** Ends the range earlier, at `until`. */
  cut(until: string): void {
    this.#until = until;
    const last = this.#objects.at(-1);
    if (!last || compareKeys(last.key, until) < 0) return;
    this.ended = true;
    this.#objects = upTo(until, this.#objects);
    this.current = this.#objects[this.#index];
  }

  /** Waits for the open request, if there is one: it must be counted, even if nobody needs its answer any longer. */
  async settle(): Promise<void> {
    await this.#prefetched?.catch(() => {});
  }

  /** Goes back to the place behind `after` and forgets what was listed there. */
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

  /** Cuts a page at the range's end. If its last key is that end, the page is the last one: nothing of the range lies behind. */
  #inRange(objects: readonly ListedObject[]): readonly ListedObject[] {
    this.#lastKey = objects.at(-1)?.key ?? this.#lastKey;
    const last = objects.at(-1);
    if (this.#until === undefined || !last || compareKeys(last.key, this.#until) < 0) return objects;
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
    page.catch(() => {}); // the `load` that needs this page throws the error; until then it must not count as unhandled
    return page;
  }
}

/** Checks a page that somebody else has listed. Like any page's error, its error comes when the page is loaded. */
function inOrder(page: NumberedPage, after: string | undefined): Promise<NumberedPage> {
  const checked = Promise.resolve().then(() => {
    requireOrder(page.objects, after);
    return page;
  });
  checked.catch(() => {});
  return checked;
}

/** The objects behind `after`. */
function behind(after: string | undefined, objects: readonly ListedObject[]): readonly ListedObject[] {
  return after === undefined ? objects : objects.filter(({ key }) => compareKeys(key, after) > 0);
}
