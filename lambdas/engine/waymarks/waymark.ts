/** A key, and how many objects a walk has met since the waymark before it, this key included. */
export interface Waymark {
  readonly key: string;
  readonly objects: number;
}

/** A full list page. */
export const OBJECTS_OF_PAGE = 1_000;

/**
 * Waymarks stand at parts of a page, so that a range can be cut where its pages are full, even if the walks that left the waymarks
 * began anywhere.
 */
export const FINEST_OBJECTS = OBJECTS_OF_PAGE / 4;

/** A bucket with fewer objects is not cut, so its run leaves no waymarks. */
export const LEAST_OBJECTS = 10 * OBJECTS_OF_PAGE;

/** How many waymarks are kept, and in how many bytes. With more objects, they stand farther apart. */
export const MOST_WAYMARKS = 1_000;
export const MOST_BYTES = 100_000;

/** A walk may stop at an object, which the next round then meets again. @param waymarks  in the order of their keys */
export function joinSame(waymarks: readonly Waymark[]): Waymark[] {
  return waymarks.filter(({ key }, index) => key !== waymarks[index + 1]?.key);
}

/** Joins neighbours that together have few objects. @param waymarks  in the order of their keys */
export function thin(waymarks: readonly Waymark[], objects: number): Waymark[] {
  const thinned: Waymark[] = [];
  for (const { key, objects: own } of waymarks) {
    const last = thinned.at(-1);
    const together = (last?.objects ?? 0) + own;
    if (last && together <= objects) thinned[thinned.length - 1] = { key, objects: together };
    else thinned.push({ key, objects: own });
  }
  return thinned;
}
