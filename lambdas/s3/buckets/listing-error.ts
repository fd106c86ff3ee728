import { ListingError } from '../../../statemachine/errors';
import { isBusy, WHEN_BUSY } from '../errors/passing-failure';
import { describeError, mayPass, statusOf } from '../errors/server-words';

const AGAIN = 'Run it again once the server answers';
const NO_USE = 'Running it again does not help until that has changed';

/** Statuses of requests that a server rejects or does not support. */
const REFUSALS = new Set([400, 422, 501]);

/** What failed. */
interface FailedList {
  /** For people. */
  readonly place: string;
  readonly error: unknown;
  /** The token of the page, if it had one. */
  readonly continuation: string | undefined;
  /** The server has been away for longer than a run waits. */
  readonly isExhausted: boolean | undefined;
}

/** The error of a list page that did not come. */
export function listingError({ place, error, continuation, isExhausted }: FailedList): ListingError {
  const passes = mayPass(error);
  return new ListingError(
    `Could not list ${place}: ${describeError(error)}. ${passes ? (isBusy(error) ? WHEN_BUSY : AGAIN) : NO_USE}`,
    {
      cause: error,
      refusesToken: continuation !== undefined && REFUSALS.has(statusOf(error) ?? 0),
      isLasting: !passes || isExhausted,
    },
  );
}
