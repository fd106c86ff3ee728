import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';
import { Plight } from '../engine/outages';
import { toStoreError } from './s3-errors';
import { askForMore, attemptFailed, isServerAway } from './s3-requests';

export const MAX_ATTEMPTS = 6;

/**
 * Of a request that S3 turns away because there are too many. It waits 20 s in all on average, hardly ever less than 10 s
 * or more than the 30 s that an invocation keeps back for its end.
 */
const MAX_ATTEMPTS_WHEN_BUSY = 24;
const MOST_WAIT_MS = 2_000;
const FIRST_WAIT_MS = 100;
const MOST_WAIT_AFTER_OUTAGE_MS = 3_000;
/** What a server may ask for beyond that, as the SDK heeds it. */
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
    return new Token(0, 0);
  }

  /** @throws Error  the request has had its attempts, or failed in a way that another would not mend */
  async refreshRetryTokenForRetry(token: RetryToken, info: RetryErrorInfo): Promise<RetryToken> {
    const { errorType, retryAfterHint } = info;
    if (errorType !== 'THROTTLING' && errorType !== 'TRANSIENT') throw new Error('Another attempt would not mend it');
    attemptFailed();
    const { uncounted, isLast, plight } = token as Token;
    const attempts = token.getRetryCount() + 1;
    const waitMs = isLast || isServerAway() ? undefined : waitAfter(attempts - uncounted, isBusy(info));
    if (waitMs === undefined) return grantMore(attempts, plight);
    const askedMs = retryAfterHint ? retryAfterHint.getTime() - Date.now() : 0;
    const delayMs = Math.max(waitMs, Math.min(askedMs, waitMs + MOST_LONGER_MS));
    return new Token(attempts, delayMs, uncounted, false, plight);
  }

  recordSuccess(): void {}
}

/** Milliseconds until the next attempt, after so many that failed; undefined where none is left. @param busy  S3 had too many */
export function waitAfter(attempts: number, busy: boolean): number | undefined {
  if (attempts >= (busy ? MAX_ATTEMPTS_WHEN_BUSY : MAX_ATTEMPTS)) return undefined;
  return Math.floor(Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
}

async function grantMore(attempts: number, plight = new Plight()): Promise<RetryToken> {
  const grant = await askForMore(plight);
  if (grant === 'none') throw new Error('No attempt is left');
  if (grant === 'one') return new Token(attempts, 0, 0, true, plight);
  return new Token(attempts, waitAfterOutage(), attempts, false, plight);
}

/** A server that comes back has no room for all who waited at once, each with a connection to open. */
export function waitAfterOutage(): number {
  return Math.floor(Math.random() * MOST_WAIT_AFTER_OUTAGE_MS);
}

class Token implements RetryToken {
  constructor(
    private readonly attempts: number,
    private readonly delayMs: number,
    /** Attempts that failed while the server was away. */
    readonly uncounted = 0,
    readonly isLast = false,
    readonly plight?: Plight,
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
