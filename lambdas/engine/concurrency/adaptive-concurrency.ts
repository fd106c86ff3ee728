import PQueue from 'p-queue';

const START = 16;
/** S3 counts each of the thousand keys of a DeleteObjects as a write, and allows some thousands of writes a second. */
export const START_OF_DELETES = 1;
const GROWTH = 0.01;
const FALL = 0.5;

/**
 * Runs as many tasks in parallel as S3 accepts. The limit changes with each answer. A turn is as many answers as the limit:
 *
 * | S3                              | the limit                                                    |
 * | ------------------------------- | ------------------------------------------------------------ |
 * | never asked to slow down        | grows by one for each answer, so it doubles each turn        |
 * | did so, accepted all since then | grows by 1 % in the first turn, 2 % in the second, and so on |
 * | rejects an attempt              | falls by half a place; it halves if S3 rejects a whole turn  |
 *
 * So the limit settles where S3 rejects a few attempts in a hundred, and it follows soon when S3 accepts more or fewer.
 * See docs/performance.md.
 */
export class AdaptiveConcurrency {
  readonly #queue: PQueue;
  /** Not rounded, so that small changes add up. */
  #limit: number;
  #limitMet = false;
  #answersSinceSlowDown = 0;

  /** @param max  the most open requests, 1 or more @param start  open requests at first @param onAnswer  called after each */
  constructor(
    private readonly max: number,
    start = START,
    private readonly onAnswer: () => void = () => {},
  ) {
    this.#limit = Math.min(start, max);
    this.#queue = new PQueue({ concurrency: this.#limit });
  }

  get current(): number {
    return this.#queue.concurrency;
  }

  /** Tasks and requests that were started and have not ended. */
  get inFlight(): number {
    return this.#queue.pending;
  }

  /**
   * Starts `task` now, or when there is a place for it. The task must not reject.
   *
   * @returns a promise to wait for if enough tasks are queued, so that a fast producer cannot fill the memory
   */
  run(task: () => Promise<void>): Promise<void> | undefined {
    void this.#queue.add(async () => {
      await task();
      this.#grow();
      this.onAnswer();
    });
    return this.#queue.size < this.current ? undefined : this.#queue.onSizeLessThan(this.current);
  }

  /** Runs one request now, or when there is a place for it. The task that sends it has no place of its own. */
  async send<T>(request: () => Promise<T>): Promise<T> {
    const outcome = await this.#queue.add(async () => {
      const answer = await request();
      this.#grow();
      this.onAnswer();
      return answer;
    });
    return outcome as T;
  }

  /** S3 has rejected an attempt. */
  slowDown(): void {
    this.#limitMet = true;
    this.#answersSinceSlowDown = 0;
    this.#setLimit(this.#limit - FALL);
  }

  /** Resolves when all tasks that were given to `run` have ended. */
  async settled(): Promise<void> {
    await this.#queue.onIdle();
  }

  #grow(): void {
    this.#answersSinceSlowDown += 1;
    const turns = this.#answersSinceSlowDown / this.#limit;
    this.#setLimit(this.#limit + (this.#limitMet ? Math.min(1, GROWTH * turns) : 1));
  }

  #setLimit(limit: number): void {
    this.#limit = Math.max(1, Math.min(this.max, limit));
    const places = Math.floor(this.#limit);
    if (places !== this.current) this.#queue.concurrency = places;
  }
}
