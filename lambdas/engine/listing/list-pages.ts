import type { BucketReader, ObjectPage, PageRequest } from '../ports/bucket-reader';
import { listAgain } from './list-again';
import { TokenWatch } from './token-watch';

/**
 * The pages of a listing, one after the other, for callers that stop as soon as they have found something.
 *
 * @param first  the request for the first page; its `maxKeys` applies to this page only
 * @throws ListingError
 */
export async function* listPages(
  side: Pick<BucketReader, 'listPage'>,
  first: PageRequest,
): AsyncGenerator<ObjectPage, undefined> {
  const { keyPrefix } = first;
  const watch = new TokenWatch();
  let after = first.startAfter;
  let page = await listAgain(side, first, after);
  for (;;) {
    after = page.objects.at(-1)?.key ?? after;
    watch.take(page.next);
    yield page;
    if (page.next === undefined) return;
    page = await listAgain(side, { continuation: page.next, ...(keyPrefix !== undefined && { keyPrefix }) }, after);
  }
}
