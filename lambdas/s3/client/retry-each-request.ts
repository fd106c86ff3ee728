import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import { toStoreError } from '../errors/s3-errors';
import { ALL_LEFT, type Left, nextAttempt } from './next-attempt';
import { attemptFailed, requestUnderWay } from './s3-requests';

/** What a server may ask for beyond the wait of `nextAttempt`, as the SDK heeds it. */
const MOST_LONGER_MS = 5_000;

/**
 * Retries each request as the SDK does, but for three things, since it is the adaptive concurrency that keeps the load down:
 *
 * - It hears of each attempt that failed at once, and not when the request has ended.
 * - The SDK lets all requests of a client share an allowance, which is spent after some tens of failures: of a thousand
 *   requests that S3 turns away at once, most would fail for good.
 * - It waits for seconds where S3 is busy, up to twenty. A request that waits has a place that another could use, and at
 *   the end of a range all wait for the last one. So it waits less, and asks more often.
 *
 * What has used up its attempts may get more, for as long as the server is away: see `Patience`.
 */
export class RetryEachRequest implements RetryStrategyV2 {
  readonly mode = 'standard';

  async acquireInitialRetryToken(): Promise<RetryToken> {
    return new Token(0, 0, ALL_LEFT);
  }

  /** @throws Error  the request has had its attempts, or failed in a way that another would not mend */
  async refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo): Promise<RetryToken> {
    const { errorType, retryAfterHint } = info;
    if (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT') throw new Error('Another attempt would not mend it');
    attemptFailed();
    const { left } = token as Token;
    const { kind, observer } = requestUnderWay();
    const attempts = token.getRetryCount() + 1;
    const next = await nextAttempt({ kind, attempts, isBusy: isBusy(info), left }, observer?.patience);
    if (!next) throw new Error('No attempt is left');
    const { waitMs } = next;
    // Whoever was granted more has waited for the server itself.
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
