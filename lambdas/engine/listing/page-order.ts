import { ListingError } from '../../../statemachine/errors';
import { compareKeys } from '../keys/compare-keys';
import type { ListedObject } from '../ports/bucket-reader';

/** @throws ListingError  the keys are not in UTF-8 order, or not all behind `after` */
export function requireOrder(objects: readonly ListedObject[], after: string | undefined): void {
  let previous = after;
  for (const { key } of objects) {
    if (previous !== undefined && compareKeys(previous, key) >= 0) {
      throw new ListingError(
        `Expected keys in UTF-8 order, got ${JSON.stringify(key)} after ${JSON.stringify(previous)}`,
        { isBroken: true },
      );
    }
    previous = key;
  }
}
