import type { SyncInput } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';

type Filters = Pick<SyncInput, 'minSize' | 'maxSize' | 'newerThan' | 'olderThan' | 'storageClasses'>;

/** What the filters of objects look at. A list page shows all of it. */
export type Filtered = Pick<ListedObject, 'sizeBytes' | 'lastModified' | 'storageClass'>;

/**
 * Tells whether an object takes part, by anything except its key:
 *
 * | filter | lets through |
 * | --- | --- |
 * | `minSize`, `maxSize` | objects of at least, or at most, this many bytes |
 * | `newerThan` | objects last modified at that moment or later |
 * | `olderThan` | objects last modified before that moment |
 * | `storageClasses` | objects of one of these classes; if none is given, of any class |
 *
 * So each object is either newer or older than a moment, never both.
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
