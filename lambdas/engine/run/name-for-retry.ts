import type { CaughtError } from '../../../statemachine/contract';
import { LASTING_LISTING_ERROR, ListingError } from '../../../statemachine/errors';

/** `Retry` of the state machine goes by an error's name alone: one that another attempt would meet again leaves its Task under another. */
export function nameForRetry(error: unknown): unknown {
  if (!(error instanceof ListingError) || !error.isLasting) return error;
  return Object.assign(error, { name: LASTING_LISTING_ERROR });
}

/** The name under which the run ends. A Fail state may not have Step Functions' own names: `States.Timeout` becomes `Timeout`. */
export function nameForPeople({ Error: name }: CaughtError): string {
  return name === LASTING_LISTING_ERROR ? 'ListingError' : name.replace(/^States\./, '');
}
