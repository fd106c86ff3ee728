import type { BucketReader, ObjectPage, PageRequest } from '../../lambdas/engine/ports/bucket-reader';
import type { KeyRange } from '../../statemachine/contract';
import { listedObject } from './changing-side';
import { ListOnly } from './list-only';

/** One side in memory that never changes, in the order of UTF-8; it holds any number of keys. */
export class KeyList extends ListOnly implements BucketReader {
  readonly #keys: readonly Buffer[];
  /** Pages that were asked for. */
  requests = 0;

  constructor(
    keys: readonly string[],
    private readonly pageSize: number,
  ) {
    super();
    this.#keys = [...new Set(keys)].map((key) => Buffer.from(key)).sort(Buffer.compare);
  }

  get size(): number {
    return this.#keys.length;
  }

  /** How many keys a range holds. */
  count({ after, until }: KeyRange): number {
    return (
      (until === undefined ? this.#keys.length : this.#upTo(until)) - (after === undefined ? 0 : this.#upTo(after))
    );
  }

  async listPage({ continuation, startAfter = '' }: PageRequest): Promise<ObjectPage> {
    this.requests += 1;
    const from = this.#upTo(continuation ?? startAfter);
    const page = this.#keys.slice(from, from + this.pageSize).map(String);
    return { objects: page.map(listedObject), ...(from + page.length < this.#keys.length && { next: page.at(-1) }) };
  }

  /** Keys up to and including `key`, by bisection. */
  #upTo(key: string): number {
    const wanted = Buffer.from(key);
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Buffer.compare(this.#keys[middle] as Buffer, wanted) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
