import PQueue from 'p-queue';

/** Objects that take many requests each. Each of them may return a token, so few are copied at once. */
export class LargeObjects {
  readonly #queue: PQueue;

  constructor(atOnce: number) {
    this.#queue = new PQueue({ concurrency: atOnce });
  }

  /**
   * @param work  sends each request through `concurrency.send`. It must not reject
   * @returns a promise to wait for when enough of them are queued already
   */
  run(work: () => Promise<void>): Promise<void> | undefined {
    void this.#queue.add(work);
    return this.#queue.size === 0 ? undefined : this.#queue.onSizeLessThan(1);
  }

  get areUnderWay(): boolean {
    return this.#queue.pending > 0 || this.#queue.size > 0;
  }

  /** Resolves when none is under way. */
  settled(): Promise<void> {
    return this.#queue.onIdle();
  }
}
