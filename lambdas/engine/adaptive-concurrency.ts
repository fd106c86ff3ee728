import PQueue from 'p-queue';

const START = 16;
const BACK_OFF = 0.7;

/**
 * Runs tasks in parallel, as many as S3 takes: the number doubles after each full turn until S3 first asks to slow
 * down, from then on it grows by one a turn and falls by 30 % each time.
 */
export class AdaptiveConcurrency {
  readonly #queue: PQueue;
  #limitMet = false;
  #sinceChange = 0;

  /** @param max  requests open at most, 1 or more */
  constructor(private readonly max: number) {
    this.#queue = new PQueue({ concurrency: Math.min(START, max) });
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

  /** S3 asked for fewer requests. Those already under way do not count again. */
  slowDown(): void {
    if (this.#sinceChange < 0) return;
    this.#limitMet = true;
    this.#sinceChange = -this.current;
    this.#queue.concurrency = Math.max(1, Math.floor(this.current * BACK_OFF));
  }

  /** Resolves when everything that was given to `run` has ended. */
  async settled(): Promise<void> {
    await this.#queue.onIdle();
  }

  #grow(): void {
    this.#sinceChange += 1;
    if (this.#sinceChange < this.current || this.current >= this.max) return;
    this.#sinceChange = 0;
    this.#queue.concurrency = Math.min(this.max, this.#limitMet ? this.current + 1 : this.current * 2);
  }
}
