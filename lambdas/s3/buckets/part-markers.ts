import { StoreError } from '../../engine/ports/store-error';

/** S3's highest part number. */
const MOST_PARTS = 10_000;

/** @throws StoreError  no object can have so many parts */
export function expectPartsCount(count: number | undefined): number | undefined {
  if (count === undefined || count <= MOST_PARTS) return count;
  throw new StoreError(
    'refused',
    `Expected an object of at most ${MOST_PARTS} parts, got the x-amz-mp-parts-count ${count}`,
  );
}

/** Follows a list of parts from page to page. Each marker must be a higher part number, so that the list ends. */
export class PartMarkers {
  #last = 0;

  /**
   * @returns the marker of the next page; undefined after the last page
   * @throws StoreError  the list would never end
   */
  next(isTruncated: boolean | undefined, marker: string | undefined): string | undefined {
    if (!isTruncated) return undefined;
    const part = Number(marker);
    if (!Number.isInteger(part) || part <= this.#last || part > MOST_PARTS) {
      throw new StoreError(
        'refused',
        `Expected the list of an object's parts to continue after a part from ${this.#last + 1} to ${MOST_PARTS}, ` +
          `got the NextPartNumberMarker ${JSON.stringify(marker ?? null)}`,
      );
    }
    this.#last = part;
    return marker;
  }
}
