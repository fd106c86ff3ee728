import { InterruptedError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';

interface Stopping {
  /** The message of the error, if the default does not fit. */
  readonly message?: string;
  /** How long to wait after the stop, for work that would otherwise leave something behind. */
  readonly graceMs?: number;
}

/**
 * Does some work, but stops waiting for it when somebody stops the run: S3 may answer late, a byte at a time, or never.
 * The requests may go on for a moment after that. So use it only for work whose result may be lost.
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
    // the signal also ends list pages and requests about the lock, which then fail with other errors
    throw signal.aborted ? new InterruptedError(message, { cause: error }) : error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Does some work, but waits only so long for it. @returns undefined if the work was not done by then */
export function within<T>(
  milliseconds: number,
  { wait }: Pick<Host, 'wait'>,
  work: () => Promise<T>,
): Promise<T | undefined> {
  return Promise.race([work(), wait(milliseconds).then(() => undefined)]);
}
