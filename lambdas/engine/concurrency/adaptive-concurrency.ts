import PQueue from 'p-queue';

const START = 16;
/** S3 takes each of the thousand keys of a DeleteObjects for a write, of which it allows some thousands a second. */
export const START_OF_DELETES = 1;
const GROWTH = 0.01;
const FALL = 0.5;

/**
 * Runs tasks in parallel, as many as S3 takes. The limit follows each answer; a turn is as many answers as the limit is:
 *
 * | S3                              | the limit                                                           |
 * | ------------------------------- | ------------------------------------------------------------------- |
 * | never asked to slow down        | grows by one for each answer, so it doubles each turn               |
 * | did so, and took all since then | grows by 1 % in the first turn, 2 % in the second, and so on        |
 * | turns an attempt away           | falls by half a place: hardly for a few, to a half for a whole turn |
 *
 * So it settles where a few in a hundred are turned away, whatever S3 takes, and nearly all of that is used; and it is
 * soon there where that changes. See docs/performance.md.
 */
export class AdaptiveConcurrency {
  readonly #queue: PQueue;
  /** With the fractions that add up. */
  #limit: number;
  #limitMet = false;
  #answersSinceSlowDown = 0;

  /** @param max  requests open at most, 1 or more @param start  and at first */
  constructor(
    private readonly max: number,
    start = START,
  ) {
    this.#limit = Math.min(start, max);
    this.#queue = new PQueue({ concurrency: this.#limit });
  }

  get current(): number {
    return this.#queue.concurrency;
  }

  /**
   * Starts `task`, now or when its turn comes. It must not reject.
   *
   * @returns a promise to wait for when enough is queued already, so that a fast producer cannot fill the memory
   */
  run(task: () => Promise<void>): Promise<void> | undefined {
    void this.#queue.add(async () => {
      await task();
      this.#grow();
    });
    return this.#queue.size < this.current ? undefined : this.#queue.onSizeLessThan(this.current);
  }

  /** Runs one request of a task that takes no place itself, now or when its turn comes. */
  async request<T>(send: () => Promise<T>): Promise<T> {
    const outcome = await this.#queue.add(async () => {
      const answer = await send();
      this.#grow();
      return answer;
    });
    return outcome as T;
  }

  /** S3 turned an attempt away. */
  slowDown(): void {
    this.#limitMet = true;
    this.#answersSinceSlowDown = 0;
    this.#setLimit(this.#limit - FALL);
  }

  /** Resolves when everything that was given to `run` has ended. */
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
