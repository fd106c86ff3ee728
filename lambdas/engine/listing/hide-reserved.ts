import type { Run, SyncInput } from '../../../statemachine/contract';
import { isReserved, RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { compareKeys } from '../keys/compare-keys';
import type { BucketReader, ListedObject, ObjectPage } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { requireOrder } from './page-order';

/** Right behind all keys that begin with `RESERVED_FOLDER`: "0" follows "/". */
const BEHIND = RESERVED_FOLDER.replace(/\/$/, '0');

/**
 * Opens both sides of a run, without what bucketsync keeps in the buckets for itself: no listing shows it, so it is not
 * counted, copied or deleted, and is no orphan.
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

/**
 * A page that holds nothing else becomes an empty one, and goes on if it did. Its order is checked while all keys are there: one
 * that stands in the place of another would be hidden with its fault.
 *
 * @throws ListingError  the keys are not in UTF-8 order
 */
function withoutReserved(page: ObjectPage, input: SyncInput): ObjectPage {
  if (!mayHoldReserved(page.objects)) return page;
  requireOrder(page.objects, undefined);
  return { ...page, objects: page.objects.filter(({ key }) => !isReserved(key, input)) };
}

/** Hardly any page does. A page that is out of order is rejected anyway. */
function mayHoldReserved(objects: readonly ListedObject[]): boolean {
  const [first, last] = [objects[0], objects.at(-1)];
  return first !== undefined && last !== undefined && first.key < BEHIND && compareKeys(last.key, RESERVED_FOLDER) >= 0;
}
