/** The gate stopped an attempt of a write, so it was not sent. The cause says why. */
export class KeptBackError extends Error {
  override readonly name = 'KeptBackError';

  constructor(override readonly cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause));
  }
}
