import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@smithy/types';
import { type CredentialOptions, type Identity, isSameIdentity } from '../lambdas/s3/credentials/credentials';

/** Credentials with less time left are replaced, as by the SDK; of those that live for minutes, when half of that is over. */
const REFRESH_BEFORE_MS = 300_000;

/** So long a failure holds for whoever asks next: a device or a person is not asked again for each request. */
const FAILURE_HOLDS_MS = 30_000;

interface Known {
  readonly identity: AwsCredentialIdentity;
  readonly expiresAt: number;
  readonly refreshAt: number;
  /** Until then nobody looks for others: they were rejected, and nothing else was found. */
  readonly foundAgainUntil: number;
}

/** Finds credentials once for all who ask, and once again before they expire. */
export class CredentialBroker {
  #known: Known | undefined;
  #failed: { readonly error: unknown; readonly until: number } | undefined;
  #finding: Promise<AwsCredentialIdentity> | undefined;

  constructor(
    private readonly find: AwsCredentialIdentityProvider,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Credentials that are good for now; those that are still good, where others cannot be found yet.
   *
   * If S3 has rejected some, others: found once for all who had them rejected; the same, if there are no others.
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

  /** So that others are looked for; those that were found again, though they had been rejected, hold for a while. */
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
