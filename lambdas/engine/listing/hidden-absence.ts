import { PROBE_NAME } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { justBefore } from '../keys/key-range';
import type { BucketReader, ObjectPage } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';
import { listPages } from './list-pages';

/**
 * S3 says of a key that it is not there only to those who may list the whole bucket. Others get 403, as they do for a key that they may
 * not read; so does whoever may list one folder alone (`s3:prefix`). Then a listing of that very key tells.
 */
export class HiddenAbsence {
  #hides: Promise<boolean> | undefined;

  constructor(private readonly side: BucketReader) {}

  /** Whether the side lacks a key, a request for which was refused. @throws ListingError */
  async explains(key: string): Promise<boolean> {
    this.#hides ??= isDenied(this.side.headObject(`${PROBE_NAME}absent`));
    return (await this.#hides) && !(await shows(listPages(this.side, { keyPrefix: key, maxKeys: 1 }), key));
  }
}

/** Whether a listing shows a key. It needs the permission of every other listing of the run. @throws ListingError */
export function isListed(side: BucketReader, key: string): Promise<boolean> {
  return shows(listPages(side, { startAfter: justBefore(key), maxKeys: 1 }), key);
}

/** The key itself comes before all keys that begin with it. */
async function shows(pages: AsyncIterable<ObjectPage>, key: string): Promise<boolean> {
  for await (const { objects } of pages) {
    const first = objects.find((object) => compareKeys(object.key, key) >= 0);
    if (first) return first.key === key;
  }
  return false;
}

/** Whether a request is refused by 403. */
export function isDenied(request: Promise<unknown>): Promise<boolean> {
  return request.then(
    () => false,
    (error: unknown) => error instanceof StoreError && error.reason === 'access-denied',
  );
}
