import { setTimeout } from 'node:timers/promises';
import type { RequestObserver } from '../../engine/ports/request-observer';
import { StoreError, StreamStoppedError } from '../../engine/ports/store-error';
import { ALL_LEFT, nextAttempt } from '../client/next-attempt';
import { isConflict } from '../errors/conflicts';
import { CutOffError } from './streamed-object';

/**
 * Makes the attempts of a copy through this machine. A stream can be read only once, so each attempt reads the source again. The
 * SDK cannot do that, so it makes only one attempt.
 *
 * @param attempt  sends its requests with the given observer
 * @throws StoreError | StreamStoppedError
 */
export async function attemptStreams<T>(
  observer: RequestObserver,
  attempt: (observer: RequestObserver) => Promise<T>,
): Promise<T> {
  let left = ALL_LEFT;
  for (let attempts = 1; ; attempts++) {
    let passes = false;
    const leaveToSender = () => {
      passes = true;
    };
    try {
      return await attempt({ ...observer, leaveToSender });
    } catch (error) {
      if (observer.streamSignal?.aborted) throw new StreamStoppedError('The copy was stopped before it was complete');
      const isCutOff = error instanceof CutOffError;
      if (isCutOff) observer.onSlowDown();
      const mayPass = passes || isCutOff || isConflict(error);
      const isBusy = error instanceof StoreError && error.reason === 'slow-down';
      const next = mayPass && (await nextAttempt({ kind: 'copy', attempts, isBusy, left }, observer.patience));
      if (!next) throw isCutOff ? new StoreError('refused', error.message, error) : error;
      left = next.left;
      await setTimeout(next.waitMs);
    }
  }
}
