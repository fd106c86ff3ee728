import type { ObjectPage, ObjectSource } from './object-store';
import { requireOrder } from './page-stream';
import { TokenWatch } from './token-watch';

/**
 * The pages of a listing, one after the other, for looks that end as soon as they have found something.
 *
 * @param firstKeys  keys of the first page, if not as many as S3 gives
 * @throws ListingError
 */
export async function* listPages(
  side: ObjectSource,
  startAfter: string | undefined,
  firstKeys?: number,
): AsyncGenerator<ObjectPage, undefined> {
  const watch = new TokenWatch();
  let after = startAfter;
  let page = await side.listPage({ startAfter, ...(firstKeys !== undefined && { maxKeys: firstKeys }) });
  for (;;) {
    requireOrder(page.objects, after);
    after = page.objects.at(-1)?.key ?? after;
    watch.take(page.next);
    yield page;
    if (page.next === undefined) return;
    page = await side.listPage({ continuation: page.next });
  }
}
