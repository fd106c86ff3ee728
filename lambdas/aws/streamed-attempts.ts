import { setTimeout } from 'node:timers/promises';
import { type RequestObserver, StoreError, StreamStoppedError } from '../engine/object-store';
import { Plight } from '../engine/outages';
import { isConflict } from './conflicts';
import { waitAfter, waitAfterOutage } from './retry-each-request';
import { CutOffError } from './streamed-object';

/**
 * Makes the attempts of a copy whose bytes go through this machine: they are read only once, so each attempt reads them
 * again. The SDK, which cannot do that, makes no other attempt of its requests.
 *
 * @param attempt  sends its requests with this observer
 * @throws StoreError | StreamStoppedError
 */
export async function attemptStreams<T>(
  observer: RequestObserver,
  attempt: (observer: RequestObserver) => Promise<T>,
): Promise<T> {
  let left: Left = { uncounted: 0, isLast: false, plight: new Plight() };
  for (let attempts = 1; ; attempts++) {
    let passes = false;
    const leaveToSender = () => {
      passes = true;
    };
    try {
      return await attempt({ ...observer, leaveToSender });
    } catch (error) {
      if (observer.streamSignal?.aborted) throw new StreamStoppedError('The copy was ended before it was whole');
      const isCutOff = error instanceof CutOffError;
      if (isCutOff) observer.onSlowDown();
      const mayPass = passes || isCutOff || isConflict(error instanceof StoreError ? error.cause : error);
      const isBusy = error instanceof StoreError && error.reason === 'slow-down';
      const mustAsk = left.isLast || observer.patience?.isAway === true;
      const waitMs = mayPass && !mustAsk ? waitAfter(attempts - left.uncounted, isBusy) : undefined;
      const more = waitMs === undefined && mayPass ? await grantMore(observer, attempts, left) : left;
      if (!mayPass || !more) throw isCutOff ? new StoreError('refused', error.message, error) : error;
      left = more;
      await setTimeout(waitMs ?? (more.isLast ? 0 : waitAfterOutage()));
    }
  }
}

/** What a copy has left of its attempts. */
interface Left {
  /** Attempts that failed while a server was away. */
  readonly uncounted: number;
  readonly isLast: boolean;
  readonly plight: Plight;
}

async function grantMore({ patience }: RequestObserver, attempts: number, { plight }: Left): Promise<Left | undefined> {
  const grant = (await patience?.grant('copy', plight)) ?? 'none';
  if (grant === 'none') return undefined;
  return { uncounted: grant === 'all' ? attempts : 0, isLast: grant === 'one', plight };
}
