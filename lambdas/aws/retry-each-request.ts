import { StandardRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryStrategyV2, RetryToken } from '@smithy/types';

export const MAX_ATTEMPTS = 6;

type StandardToken = Awaited<ReturnType<StandardRetryStrategy['acquireInitialRetryToken']>>;

/**
 * Retries each request as the SDK does, whatever becomes of the others. The SDK lets all requests of a client share an
 * allowance, which is spent after some tens of failures: of a thousand requests that S3 turns away at once, most would
 * fail for good. It is the adaptive concurrency that keeps the load down here.
 */
export class RetryEachRequest implements RetryStrategyV2 {
  readonly mode = 'standard';
  readonly #strategies = new WeakMap<RetryToken, StandardRetryStrategy>();

  async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const strategy = new StandardRetryStrategy(MAX_ATTEMPTS);
    return this.#remember(await strategy.acquireInitialRetryToken(scope), strategy);
  }

  /** @throws Error  the request has had its attempts, or failed in a way that another would not mend */
  async refreshRetryTokenForRetry(token: RetryToken, error: RetryErrorInfo): Promise<RetryToken> {
    const strategy = this.#strategies.get(token) ?? new StandardRetryStrategy(MAX_ATTEMPTS);
    return this.#remember(await strategy.refreshRetryTokenForRetry(token as StandardToken, error), strategy);
  }

  recordSuccess(): void {}

  #remember<Token extends RetryToken>(token: Token, strategy: StandardRetryStrategy): Token {
    this.#strategies.set(token, strategy);
    return token;
  }
}
