import { setTimeout } from 'node:timers/promises';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import type { ConfirmDeletes, DeleteFailure, DeleteRequest } from '../../engine/ports/bucket-writer';
import type { RequestObserver } from '../../engine/ports/request-observer';
import { StoreError } from '../../engine/ports/store-error';
import { ALL_LEFT, nextAttempt } from '../client/next-attempt';
import { isConflict } from '../errors/conflicts';
import { toStoreError } from '../errors/s3-errors';
import { PASSING_FAULTS } from './batch-deletes';
import { partition } from './partition';

export type CodedFailure = DeleteFailure & { readonly code: string };

/** Called right before each request, without any wait in between. @returns the keys that may still be deleted */
export type Ready = () => Promise<readonly DeleteRequest[]>;

interface Observed {
  readonly observer: RequestObserver;
}

export interface Deletes<Side extends Observed> {
  readonly side: Side;
  readonly confirm: ConfirmDeletes;
  /** Makes one attempt, by one request or more. */
  readonly attempt: (ready: Ready, side: Side) => Promise<readonly CodedFailure[]>;
  /** Waits for so many milliseconds before the next attempt. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Makes the attempts of a delete itself instead of the SDK. While a delete waits, somebody may restore the object, so each
 * attempt is confirmed. Under the status 200, S3 may report single keys that failed; the SDK would take them for deleted.
 * Only those keys are sent again.
 *
 * @param attempts  the first attempt is made now
 */
export async function repeatDeletes<Side extends Observed>(
  deletes: Deletes<Side>,
  requests: readonly DeleteRequest[],
  attempts = 1,
  left = ALL_LEFT,
): Promise<readonly DeleteFailure[]> {
  if (requests.length === 0) return [];
  const { side, confirm, wait = setTimeout } = deletes;
  let confirmed = requests;
  const ready = async () => {
    // waiting for the lock must not come between the confirmation and the request
    await side.observer.gate?.pass();
    confirmed = await confirm(confirmed, attempts);
    return confirmed;
  };
  try {
    const errors = await attemptOnce(deletes, ready, () => confirmed);
    const [passing, lasting] = partition(errors, ({ passes }) => passes);
    if (passing.length === 0) return errors;
    const isBusy = passing.some(({ error }) => error instanceof StoreError && error.reason === 'slow-down');
    const next = await nextAttempt({ kind: 'delete', attempts, isBusy, left }, side.observer.patience);
    if (!next) return errors;
    await wait(next.waitMs);
    const failed = new Set(passing.map(({ key }) => key));
    const again = confirmed.filter(({ key }) => failed.has(key));
    return [...lasting, ...(await repeatDeletes(deletes, again, attempts + 1, next.left))];
  } catch (error) {
    const reason = error instanceof CredentialsExpiredError ? error : toStoreError(error);
    return confirmed.map(({ key }) => ({ key, error: reason }));
  }
}

async function attemptOnce<Side extends Observed>(
  { side, attempt }: Deletes<Side>,
  ready: Ready,
  confirmed: () => readonly DeleteRequest[],
): Promise<readonly (DeleteFailure & { readonly passes: boolean })[]> {
  let passes = false;
  const leaveToSender = () => {
    passes = true;
  };
  try {
    const failures = await attempt(ready, { ...side, observer: { ...side.observer, leaveToSender } });
    const coded = failures.map((failure) => ({ ...failure, passes: PASSING_FAULTS.has(failure.code) }));
    if (coded.some((failure) => failure.passes)) side.observer.onSlowDown();
    return coded;
  } catch (error) {
    if (error instanceof CredentialsExpiredError) throw error;
    const again = passes || isConflict(error);
    return confirmed().map(({ key }) => ({ key, error: toStoreError(error), passes: again }));
  }
}
