import { ListingError } from '../../../statemachine/errors';
import type { BucketReader, ObjectPage, PageRequest } from '../ports/bucket-reader';
import { requireOrder } from './page-order';

/** A proxy may cut an answer, or replace it by a page of its own. If it happens three times, the server itself lists so. */
const TRIES = 3;

const NO_USE = 'The server sent it so three times in a row, so another run does not help';

/**
 * Lists a page whose keys are in order and all behind `after`. If the page is broken, it is requested again at once.
 *
 * @throws ListingError  if the page stays broken; `isLasting` is then set
 */
export async function listAgain(
  side: Pick<BucketReader, 'listPage'>,
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
