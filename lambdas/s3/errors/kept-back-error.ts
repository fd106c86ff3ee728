/** The gate of a request that writes did not let an attempt pass, so it was not sent. Its cause says why. */
export class KeptBackError extends Error {
  override readonly name = 'KeptBackError';

  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}
