import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { type CredentialOptions, type Identity, isSameIdentity } from '../lambdas/s3/credentials/credentials';

/** Credentials with less time left are replaced, as in the SDK. Credentials for a few minutes are replaced after half their time. */
const REFRESH_BEFORE_MS = 300_000;

/** How long a failure is remembered, so that a device or a person is not asked again for each request. */
const FAILURE_HOLDS_MS = 30_000;

interface Known {
  readonly identity: AwsCredentialIdentity;
  readonly expiresAt: number;
  readonly refreshAt: number;
  /** Until this time, no newer ones are looked for: these were rejected, and no others were found. */
  readonly foundAgainUntil: number;
}

/** Finds credentials once for all threads, and again before they expire. */
export class CredentialBroker {
  #known: Known | undefined;
  #failed: { readonly error: unknown; readonly until: number } | undefined;
  #finding: Promise<AwsCredentialIdentity> | undefined;

  constructor(
    private readonly find: AwsCredentialIdentityProvider,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Valid credentials. If newer ones cannot be found yet, the current ones while they are valid.
   *
   * If S3 has rejected credentials: newer ones, found once for all threads; the same ones, if there are no newer ones.
   */
  readonly get: AwsCredentialIdentityProvider = async (options) => {
    const { rejected } = (options ?? {}) as CredentialOptions;
    if (rejected) this.#forget(rejected);
    const now = this.now();
    const known = this.#known;
    if (known && now < known.refreshAt) return known.identity;
    const isGood = known !== undefined && now < known.expiresAt;
    if (this.#failed && now < this.#failed.until) {
      if (isGood) return known.identity;
      throw this.#failed.error;
    }
    this.#finding ??= this.#find(rejected).finally(() => {
      this.#finding = undefined;
    });
    return isGood ? this.#finding.catch(() => known.identity) : this.#finding;
  };

  /** Discards rejected credentials, so that newer ones are looked for. If the same ones were found again, they are kept for a while. */
  #forget(rejected: Identity): void {
    const known = this.#known;
    if (!known || !isSameIdentity(known.identity, rejected) || this.now() < known.foundAgainUntil) return;
    this.#known = undefined;
    this.#failed = undefined;
  }

  async #find(rejected?: Identity): Promise<AwsCredentialIdentity> {
    try {
      const identity = await this.find();
      const now = this.now();
      const expiresAt = identity.expiration?.getTime() ?? Number.POSITIVE_INFINITY;
      const refreshAt = expiresAt - Math.min(REFRESH_BEFORE_MS, (expiresAt - now) / 2);
      const foundAgainUntil = rejected && isSameIdentity(identity, rejected) ? now + FAILURE_HOLDS_MS : 0;
      this.#known = { identity, expiresAt, refreshAt, foundAgainUntil };
      this.#failed = undefined;
      return identity;
    } catch (error) {
      this.#failed = { error, until: this.now() + FAILURE_HOLDS_MS };
      throw error;
    }
  }
}
