import { ListingError } from '../../../statemachine/errors';
import type { BucketReader, ObjectPage, PageRequest } from '../ports/bucket-reader';
import { requireOrder } from './page-order';

/** A proxy may cut one answer or put a page of its own in its place. What comes three times is how the server lists. */
const TRIES = 3;

const NO_USE = 'It came so three times, so running again does not help: this is how the server lists';

/**
 * Lists a page in which all keys are in order, behind `after`; one that is broken is asked for again at once.
 *
 * @throws ListingError  lasting where the page stays broken
 */
export async function listAgain(
  side: BucketReader,
  request: PageRequest,
  after: string | undefined,
  tries = TRIES,
): Promise<ObjectPage> {
  try {
    const page = await side.listPage(request);
    requireOrder(page.objects, after);
    return page;
  } catch (error) {
    if (!(error instanceof ListingError) || !error.isBroken) throw error;
    if (tries > 1) return listAgain(side, request, after, tries - 1);
    throw new ListingError(`${error.message}. ${NO_USE}`, { cause: error, isLasting: true });
  }
}
