import type { CaughtError } from '../../../statemachine/contract';
import { LASTING_LISTING_ERROR, ListingError } from '../../../statemachine/errors';

/** `Retry` in the state machine looks at an error's name only. So an error that every attempt would meet gets another name. */
export function nameForRetry(error: unknown): unknown {
  if (!(error instanceof ListingError) || !error.isLasting) return error;
  return Object.assign(error, { name: LASTING_LISTING_ERROR });
}

/** The error name that people see. A Fail state may not use Step Functions' own names, so `States.Timeout` becomes `Timeout`. */
export function nameForPeople({ Error: name }: CaughtError): string {
  return name === LASTING_LISTING_ERROR ? 'ListingError' : name.replace(/^States\./, '');
}
