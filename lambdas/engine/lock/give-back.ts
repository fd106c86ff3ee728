import type { RunState } from '../../../statemachine/contract';
import { BucketsyncError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';
import { releaseLock } from './run-lock';

/** Between two tries to give the lock back. */
const BETWEEN_TRIES_MS = 2_000;
/** Short, because a run that failed has mostly waited for its server already. */
const MOST_AFTER_FAILURE_MS = 10_000;
/** Left at the end of the invocation for the work after the release. */
const CLOSING_MS = 30_000;

type ReleasingState = Pick<RunState, 'run' | 'error'>;

/**
 * Gives the lock back, even if the server is away for a while. If the run failed and the lock cannot be given back, only the run's
 * own error is reported. The next run takes the lock over.
 */
export async function giveBack({ run, error: failed }: ReleasingState, host: Host, brokeOff: boolean): Promise<void> {
  const most = failed ? MOST_AFTER_FAILURE_MS : host.remainingMs() - CLOSING_MS;
  const until = host.now() + Math.min(host.patience.outageMs, most);
  for (;;) {
    try {
      return await releaseLock(run, host, brokeOff);
    } catch (error) {
      const isLast = error instanceof BucketsyncError || host.now() + BETWEEN_TRIES_MS > until;
      if (isLast)
        host.log?.('error', 'The lock was not given back', { error: (error as Error).name, lockId: run.lockId });
      if (isLast && failed) return;
      if (isLast) throw error;
      await host.wait(BETWEEN_TRIES_MS);
    }
  }
}
