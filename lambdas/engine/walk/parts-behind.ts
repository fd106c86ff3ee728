import { compareKeys } from '../keys/compare-keys';
import type { ObjectPage } from '../ports/bucket-reader';
import { cutPage, type ListedRange } from '../split/range-probes';

interface Place {
  readonly after: string;
  readonly page: ObjectPage;
}

/**
 * Cuts the rest of a walk at the beginnings of pages that were listed to find places to cut. So the new walkers can begin with these
 * pages, and nobody lists them again.
 *
 * @param rest  what is left, with the page at hand
 * @returns up to `most` parts behind that page, in order, each with its first page
 */
export function partsBehind(rest: ListedRange, listed: readonly ListedRange[], most: number): ListedRange[] {
  const { until: end } = rest.range;
  const chosen = spread(placesApart(rest, listed), most);
  return chosen.map(({ after, page }, index) => {
    const until = chosen[index + 1]?.after ?? end;
    return { range: { after, ...(until !== undefined && { until }) }, page: cutPage(page, until) };
  });
}

/** Where pages begin that have no key in common with each other and with the page at hand. */
function placesApart({ range, page: { objects } }: ListedRange, listed: readonly ListedRange[]): Place[] {
  let lastKey = objects.at(-1)?.key ?? '';
  const places: Place[] = [];
  const ordered = [...listed].sort((a, b) => compareKeys(a.range.after ?? '', b.range.after ?? ''));
  for (const {
    range: { after = '' },
    page,
  } of ordered) {
    const [first, last] = [page.objects[0]?.key, page.objects.at(-1)?.key];
    if (first === undefined || last === undefined || compareKeys(after, lastKey) < 0) continue;
    if (range.until !== undefined && compareKeys(first, range.until) > 0) continue;
    places.push({ after, page });
    lastKey = last;
  }
  return places;
}

/** Up to `most` of them, evenly spread. */
function spread(places: readonly Place[], most: number): readonly Place[] {
  if (places.length <= most) return places;
  const turn = (index: number) => Math.floor((index * most) / places.length);
  return places.filter((_place, index) => turn(index + 1) > turn(index));
}
