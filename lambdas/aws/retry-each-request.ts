import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';

export const MAX_ATTEMPTS = 6;

/** Of a request that S3 turns away because there are too many: it may be busy for a while. */
const MAX_ATTEMPTS_WHEN_BUSY = 9;
const MOST_WAIT_MS = 5_000;
const FIRST_WAIT_MS = 100;

type StandardToken = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>;

/**
 * Retries each request as the SDK does, but for two things, since it is the adaptive concurrency that keeps the load down:
 *
 * - The SDK lets all requests of a client share an allowance, which is spent after some tens of failures: of a thousand
 *   requests that S3 turns away at once, most would fail for good.
 * - It waits for seconds where S3 is busy, up to twenty. A request that waits has a place that another could use, and half
 *   of what S3 allows went unused (`npm run bench -- load`). So it waits less, and asks more often.
 */
export class RetryEachRequest implements RetryStrategyV2 {
  readonly mode = 'standard';
  readonly #strategies = new WeakMap<RetryToken, StandardRetryStrategy>();

  async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const strategy = newStrategy();
    return this.#remember(await strategy.acquireInitialRetryToken(scope), strategy);
  }

  /** @throws Error  the request has had its attempts, or failed in a way that another would not mend */
  async refreshRetryTokenForRetry(token: RetryToken, error: RetryErrorInfo): Promise<RetryToken> {
    const attempts = token.getRetryCount() + 1;
    if (error.errorType !== 'THROTTLING' && attempts >= MAX_ATTEMPTS) throw new Error('No attempt is left');
    const strategy = this.#strategies.get(token) ?? newStrategy();
    return this.#remember(await strategy.refreshRetryTokenForRetry(token as StandardToken, error), strategy);
  }

  recordSuccess(): void {}

  #remember<Token extends RetryToken>(token: Token, strategy: StandardRetryStrategy): Token {
    this.#strategies.set(token, strategy);
    return token;
  }
}

function newStrategy(): StandardRetryStrategy {
  const backoff = {
    computeNextBackoffDelay: (attempt: number) =>
      Math.floor(Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt)),
    setDelayBase() {},
  };
  return new StandardRetryStrategy({ maxAttempts: MAX_ATTEMPTS_WHEN_BUSY, baseDelay: FIRST_WAIT_MS, backoff });
}
