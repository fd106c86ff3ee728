import { setImmediate as turn } from 'node:timers/promises';
import BTree from 'sorted-btree';

/** Time that passes only while everybody waits for it: hours of a simulated run take seconds. */
export class VirtualClock {
  #now = 0;
  readonly #waiting = new BTree<number, (() => void)[]>();

  /** Milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  until(moment: number): Promise<void> {
    return new Promise((resolve) => {
      const at = Math.max(Math.ceil(moment), this.#now);
      const others = this.#waiting.get(at);
      if (others) others.push(resolve);
      else this.#waiting.set(at, [resolve]);
    });
  }

  sleep(milliseconds: number): Promise<void> {
    return this.until(this.#now + milliseconds);
  }

  /** Lets time pass until `work` is done. */
  async run<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finished = work.finally(() => {
      done = true;
    });
    finished.catch(() => {}); // awaited below
    while (!done) {
      await turn(); // everybody does what there is to do at this moment
      const next = this.#waiting.minKey();
      if (done || next === undefined) continue;
      this.#now = next;
      const resolvers = this.#waiting.get(next) ?? [];
      this.#waiting.delete(next);
      for (const resolve of resolvers) resolve();
    }
    return finished;
  }
}
