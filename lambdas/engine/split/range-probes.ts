import type { KeyRange } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { upTo } from '../keys/key-range';
import { listAgain } from '../listing/list-again';
import { TokenWatch } from '../listing/token-watch';
import type { BucketReader, ObjectPage } from '../ports/bucket-reader';
import type { KeySymbols } from './key-symbols';

/** How many pages without keys a probe passes: there may be thousands of such pages, one after the other. */
const MOST_EMPTY_PAGES = 4;

/**
 * A range and the first page of its listing, cut at the range's end. If `page.next` is absent, the page holds all objects of the
 * range. A page without objects but with `next` means that the allowed requests found no key.
 */
export interface ListedRange {
  readonly range: KeyRange;
  readonly page: ObjectPage;
}

/** Finds out where keys lie by a limited number of list requests. What an answer has shown is not requested again. */
export class RangeProbes {
  count = 0;
  /** The pages that were listed, each with the key that it begins behind. */
  readonly #listed: ListedRange[] = [];
  #until: string | undefined;
  readonly #pages: { readonly after: string | undefined; readonly page: ObjectPage }[] = [];

  constructor(
    private readonly side: Pick<BucketReader, 'listPage'>,
    private readonly most: number,
    private readonly symbols: KeySymbols,
    private readonly shouldStop: () => boolean,
    /** No key of the range lies behind this one, as far as it is known. It is only a hint: keys may come. */
    public end?: string,
  ) {}

  /** The pages that were listed here, each with the key that it begins behind. */
  get listed(): readonly ListedRange[] {
    return this.#listed;
  }

  get mayAsk(): boolean {
    return this.count < this.most && !this.shouldStop();
  }

  /** Notes the page of a range that somebody else has listed. */
  know({ range, page }: ListedRange): void {
    this.#until = range.until;
    this.symbols.learn(page);
    // A page that was cut at the range's end does not show what lies behind.
    if (page.next !== undefined) this.#pages.push({ after: range.after, page });
  }

  /** Lists the first page of a range. @throws ListingError */
  async open(range: KeyRange): Promise<ListedRange> {
    return { range, page: cutPage(await this.#list(range.after), range.until) };
  }

  /**
   * The part of a range behind `point`; undefined if no key there starts with `head`, or if no more requests are allowed.
   *
   * @throws ListingError
   */
  async behind({ range }: ListedRange, point: string, head: string): Promise<ListedRange | undefined> {
    if ([range.until, this.end].some((end) => end !== undefined && compareKeys(point, end) >= 0)) return undefined;
    const page = this.#find(point) ?? (this.mayAsk ? await this.#list(point) : undefined);
    if (!page?.objects[0]?.key.startsWith(head)) return undefined;
    const found = cutPage(page, range.until);
    return found.objects.length > 0 ? { range: { ...range, after: point }, page: found } : undefined;
  }

  /** Looks in the known pages: a page shows what lies behind every place up to its last key. */
  #find(point: string): ObjectPage | undefined {
    for (const { after, page } of this.#pages) {
      if (after !== undefined && compareKeys(after, point) > 0) continue;
      const last = page.objects.at(-1);
      if (last && compareKeys(last.key, point) > 0) {
        return {
          ...page,
          objects: page.objects.slice(page.objects.findIndex(({ key }) => compareKeys(key, point) > 0)),
        };
      }
      if (page.next === undefined) return { objects: [] };
    }
    return undefined;
  }

  #endsAt(key: string | undefined): void {
    if (key !== undefined && (this.end === undefined || compareKeys(key, this.end) < 0)) this.end = key;
  }

  async #list(after: string | undefined): Promise<ObjectPage> {
    this.count += 1;
    const watch = new TokenWatch();
    let page = await listAgain(this.side, { startAfter: after }, after);
    watch.take(page.next);
    for (let empty = 0; page.objects.length === 0 && page.next !== undefined && this.mayAsk; empty++) {
      if (empty === MOST_EMPTY_PAGES) break;
      this.count += 1;
      page = await listAgain(this.side, { continuation: page.next }, after);
      watch.take(page.next);
    }
    this.symbols.learn(page);
    this.#pages.push({ after, page });
    this.#listed.push({ range: { after }, page });
    const within = cutPage(page, this.#until);
    if (within.next === undefined) this.#endsAt(within.objects.at(-1)?.key ?? after);
    return page;
  }
}

/** Drops the objects behind `until`. If there were any, the page is the last one of its range. */
export function cutPage(page: ObjectPage, until: string | undefined): ObjectPage {
  if (until === undefined) return page;
  const objects = upTo(until, page.objects);
  return objects.length === page.objects.length ? page : { objects };
}
