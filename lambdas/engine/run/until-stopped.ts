import { InterruptedError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';

interface Stopping {
  /** Of the error, where it is not about what was begun. */
  readonly message?: string;
  /** For work that leaves something behind if it is given up in its middle. */
  readonly graceMs?: number;
}

/**
 * Does some work, but waits no longer for it once somebody stops the run: S3 may answer late, a byte at a time, or never.
 * Its requests may go on for a moment, so it must be nothing that matters if nobody hears of it.
 *
 * @throws InterruptedError  the run was stopped before the work was done
 */
export async function untilStopped<T>(
  work: () => Promise<T>,
  { signal, wait }: Pick<Host, 'signal' | 'wait'>,
  { message, graceMs = 0 }: Stopping = {},
): Promise<T> {
  if (signal.aborted) throw new InterruptedError(message);
  const stop = Promise.withResolvers<never>();
  const onAbort = async () => {
    if (graceMs > 0) await wait(graceMs);
    stop.reject(new InterruptedError(message));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), stop.promise]);
  } catch (error) {
    // list pages and the lock's requests end with the signal, too, as errors of their own
    throw signal.aborted ? new InterruptedError(message, { cause: error }) : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Does some work, but waits for it no longer than that. @returns undefined where it was not done by then */
export function within<T>(
  milliseconds: number,
  { wait }: Pick<Host, 'wait'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return Promise.race([work(), wait(milliseconds).then(() => undefined)]);
}
