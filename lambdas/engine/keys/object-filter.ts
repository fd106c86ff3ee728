import type { SyncInput } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';

type Filters = Pick<SyncInput, 'minSize' | 'maxSize' | 'newerThan' | 'olderThan' | 'storageClasses'>;

/** What the filters of objects look at: all of it stands on a list page. */
export type Filtered = Pick<ListedObject, 'sizeBytes' | 'lastModified' | 'storageClass'>;

/**
 * Tells whether an object takes part, whatever its key:
 *
 * | filter | lets through |
 * | --- | --- |
 * | `minSize`, `maxSize` | so many bytes or more, or fewer |
 * | `newerThan` | what was last modified at that moment or later |
 * | `olderThan` | what was last modified before that moment |
 * | `storageClasses` | objects of one of these; none given: of any |
 *
 * So every object is either newer or older than a moment.
 *
 * @returns undefined if no filter is set
 */
export function objectFilter(input: Filters): ((object: Filtered) => boolean) | undefined {
  const { minSize = 0, maxSize = Number.POSITIVE_INFINITY, newerThan, olderThan, storageClasses } = input;
  const from = newerThan === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newerThan);
  const until = olderThan === undefined ? Number.POSITIVE_INFINITY : Date.parse(olderThan);
  const classes = storageClasses.length > 0 ? new Set<string>(storageClasses) : undefined;
  const isSet = minSize > 0 || Number.isFinite(maxSize) || Number.isFinite(from) || Number.isFinite(until);
  if (!isSet && !classes) return undefined;
  return ({ sizeBytes, lastModified, storageClass }) =>
    sizeBytes >= minSize &&
    sizeBytes <= maxSize &&
    lastModified >= from &&
    lastModified < until &&
    (classes === undefined || classes.has(storageClass));
}
