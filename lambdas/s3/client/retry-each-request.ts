import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import { toStoreError } from '../errors/s3-errors';
import { noteFailedAttempt } from './failed-attempts';
import { ALL_LEFT, type Left, nextAttempt } from './next-attempt';
import { attemptFailed, requestUnderWay } from './s3-requests';

/** How much longer than `nextAttempt` a server may ask to wait, as in the SDK. */
const MOST_LONGER_MS = 5_000;

/**
 * Retries each request like the SDK, with three differences, because the adaptive concurrency limits the load:
 *
 * - It learns of each failed attempt at once, not at the end of the request.
 * - In the SDK, all requests of a client share a retry quota, which is used up after some tens of failures. If S3 rejects a
 *   thousand requests at once, most of them would fail.
 * - If S3 is busy, the SDK waits for up to twenty seconds. A waiting request blocks a place that another could use, and at
 *   the end of a range all wait for the last request. So this strategy waits less and tries more often.
 *
 * A request that has used all its attempts may get more while the server is unavailable: see `Patience`.
 */
export class RetryEachRequest implements RetryStrategyV2 {
  readonly mode = 'standard';

  async acquireInitialRetryToken(): Promise<RetryToken> {
    return new Token(0, 0, ALL_LEFT);
  }

  /** @throws Error  the request has used all its attempts, or another attempt would not help */
  async refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo): Promise<RetryToken> {
    const { errorType, retryAfterHint } = info;
    if (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT') throw new Error('Another attempt would not help');
    noteFailedAttempt(info.error);
    attemptFailed();
    const { left } = token as Token;
    const { kind, observer } = requestUnderWay();
    const attempts = token.getRetryCount() + 1;
    const next = await nextAttempt({ kind, attempts, isBusy: isBusy(info), left }, observer?.patience);
    if (!next) throw new Error('No attempt is left');
    const { waitMs } = next;
    // a request that was granted more attempts has already waited for the server
    const askedMs = retryAfterHint && next.left === left ? retryAfterHint.getTime() - Date.now() : 0;
    return new Token(attempts, Math.max(waitMs, Math.min(askedMs, waitMs + MOST_LONGER_MS)), next.left);
  }

  recordSuccess(): void {}
}

class Token implements RetryToken {
  constructor(
    private readonly attempts: number,
    private readonly delayMs: number,
    readonly left: Left,
  ) {}

  getRetryCount(): number {
    return this.attempts;
  }

  getRetryDelay(): number {
    return this.delayMs;
  }
}

function isBusy({ errorType, error }: RetryErrorInfo): boolean {
  return errorType === 'THROTTLING' || toStoreError(error).reason === 'slow-down';
}
