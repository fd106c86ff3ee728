import { PROBE_NAME } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import type { BucketReader, ObjectPage } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import { listPages } from './list-pages';

/**
 * Finds out whether a key is absent if S3 hides that. S3 answers 404 for an absent key only to those who may list the whole
 * bucket. All others get 403, as for a key that they may not read, even if they may list one folder (`s3:prefix`). A listing
 * of that one key then tells whether it is absent.
 */
export class HiddenAbsence {
  #hides: Promise<boolean> | undefined;

  constructor(private readonly side: BucketReader) {}

  /** Whether a request for `key` was rejected because the side lacks the key. @throws ListingError */
  async explains(key: string): Promise<boolean> {
    this.#hides ??= isDenied(this.side.headObject(`${PROBE_NAME}absent`));
    return (await this.#hides) && !(await shows(listPages(this.side, { keyPrefix: key, maxKeys: 1 }), key));
  }
}

/** Whether a listing shows a key. This needs the same permission as every other listing of the run. @throws ListingError */
export function isListed(side: BucketReader, key: string): Promise<boolean> {
  return shows(listPages(side, { startAfter: justBefore(key), maxKeys: 1 }), key);
}

/** Stops at the first key that is not before `key`: the key itself comes before all keys that begin with it. */
async function shows(pages: AsyncIterable<ObjectPage>, key: string): Promise<boolean> {
  for await (const { objects } of pages) {
    const first = objects.find((object) => compareKeys(object.key, key) >= 0);
    if (first) return first.key === key;
  }
  return false;
}

/** Whether S3 answers a request by 403. */
export function isDenied(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => false,
    (error: unknown) => error instanceof StoreError && error.reason === 'access-denied',
  );
}
