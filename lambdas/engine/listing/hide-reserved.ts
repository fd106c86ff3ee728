import type { Run, SyncInput } from '../../../statemachine/contract';
import { isReserved, RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { compareKeys } from '../keys/compare-keys';
import type { BucketReader, ListedObject, ObjectPage } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { requireOrder } from './page-order';

/** The first string behind all keys that begin with `RESERVED_FOLDER`: "0" follows "/". */
const BEHIND = RESERVED_FOLDER.replace(/\/$/, '0');

/**
 * Opens both sides of a run. No listing shows what bucketsync keeps in the buckets for itself, so it is never counted, copied
 * or deleted, and is never an orphan.
 */
export function openBuckets(host: Host, run: Run, observer: RequestObserver): Buckets {
  const buckets = host.openBuckets(run, observer);
  hideReserved(buckets.source, run.input);
  hideReserved(buckets.destination, run.input);
  return buckets;
}

function hideReserved(side: BucketReader, input: SyncInput): void {
  if (input.prefix !== '' && input.destinationPrefix !== '') return;
  const listPage = side.listPage.bind(side);
  side.listPage = async (request) => withoutReserved(await listPage(request), input);
}

/** Whether no listing of a side shows a key. A whole bucket has no object with an empty key. */
export function isHidden(key: string, input: SyncInput, prefix: 'prefix' | 'destinationPrefix'): boolean {
  return isReserved(key, input) || (key === '' && input[prefix] === '');
}

/**
 * Removes reserved keys from a page. A page that holds only these becomes an empty page, and keeps its token for the next page.
 * The order is checked before: a key in the wrong place would otherwise be hidden together with the error.
 *
 * @throws ListingError  the keys are not in UTF-8 order
 */
function withoutReserved(page: ObjectPage, input: SyncInput): ObjectPage {
  if (!mayHoldReserved(page.objects)) return page;
  requireOrder(page.objects, undefined);
  return { ...page, objects: page.objects.filter(({ key }) => !isReserved(key, input)) };
}

/** Hardly any page holds reserved keys. Only the first and last key are compared, since a page out of order is rejected later. */
function mayHoldReserved(objects: readonly ListedObject[]): boolean {
  const [first, last] = [objects[0], objects.at(-1)];
  return first !== undefined && last !== undefined && first.key < BEHIND && compareKeys(last.key, RESERVED_FOLDER) >= 0;
}
