/** How much of a second's allowance may be used at once. */
const BURST = 0.1;

/** Lets through a fixed number of requests per second, and counts them. */
export class Allowance {
  #tokens: number;
  #refilledAt: number;
  #firstRefusedAt: number | undefined;
  #lastCopiedAt = 0;
  #copiedSinceRefused = 0;
  copied = 0;
  refused = 0;

  /** @param perSecond  may change  @param now  milliseconds */
  constructor(
    public perSecond: number,
    private readonly now: () => number,
  ) {
    this.#tokens = perSecond * BURST;
    this.#refilledAt = now();
  }

  take(): boolean {
    const now = this.now();
    const refilled = this.#tokens + ((now - this.#refilledAt) / 1000) * this.perSecond;
    this.#tokens = Math.min(this.perSecond * BURST, refilled);
    this.#refilledAt = now;
    if (this.#tokens < 1) {
      this.refused += 1;
      this.#firstRefusedAt ??= now;
      return false;
    }
    this.#tokens -= 1;
    this.copied += 1;
    this.#lastCopiedAt = now;
    if (this.#firstRefusedAt !== undefined) this.#copiedSinceRefused += 1;
    return true;
  }

  /** Copies in each second from the first one that was refused to the last one of all. */
  get copiesPerSecond(): number {
    const elapsedMs = this.#lastCopiedAt - (this.#firstRefusedAt ?? this.#lastCopiedAt);
    return elapsedMs > 0 ? (this.#copiedSinceRefused / elapsedMs) * 1000 : 0;
  }
}
