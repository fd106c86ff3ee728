import type { ContinuationToken } from '../../../statemachine/contract';
import { isWithin } from '../keys/key-range';
import { OBJECTS_OF_PAGE, type Waymark } from './waymark';

/** A part with fewer pages is not worth a walker: if its objects are no longer as many as they were, it may cost a page more. */
const LEAST_PAGES = 5;

/** If parts come out too many, they get this much larger. */
const GROWTH = 9 / 8;

/** A part of a range, and how many pages it is likely to have. */
export interface LikelyPart {
  readonly range: ContinuationToken;
  readonly pages: number;
}

/**
 * Cuts a range at waymarks into parts that take about equally long. Each holds as many objects as full pages do, as far as the
 * waymarks know.
 *
 * @param waymarks  in the order of their keys
 * @returns up to `most` parts in order; together they cover exactly what the range covers
 */
export function cutAlong(range: ContinuationToken, waymarks: readonly Waymark[], most: number): LikelyPart[] {
  const within = waymarks.filter(({ key }) => isWithin(range, key) && key !== range.until);
  const pages = pagesOf(waymarks.reduce((sum, { objects }) => sum + objects, 0));
  for (let size = Math.max(LEAST_PAGES, Math.ceil(pages / most)); ; size = Math.ceil(size * GROWTH)) {
    const parts = cutInto(size, range, within);
    if (parts.length <= most) return parts;
  }
}

function cutInto(pagesOfPart: number, range: ContinuationToken, waymarks: readonly Waymark[]): LikelyPart[] {
  const parts: LikelyPart[] = [];
  let rest = range;
  let objects = 0;
  waymarks.forEach((waymark, index) => {
    const before = waymarks[index - 1];
    if (before && objects > 0 && objects + waymark.objects > pagesOfPart * OBJECTS_OF_PAGE) {
      parts.push({ range: { ...rest, until: before.key }, pages: pagesOf(objects) });
      rest = { ...(range.until !== undefined && { until: range.until }), after: before.key };
      objects = 0;
    }
    objects += waymark.objects;
  });
  return [...parts, { range: rest, pages: pagesOf(objects) }];
}

function pagesOf(objects: number): number {
  return Math.ceil(objects / OBJECTS_OF_PAGE);
}
