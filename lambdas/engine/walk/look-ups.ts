import { compareKeys } from '../keys/compare-keys';
import { listPages } from '../listing/list-pages';
import type { BucketReader, ListedObject } from '../ports/bucket-reader';
import { STOP } from './stop';

type Found = ListedObject | undefined | typeof STOP;

/**
 * Looks for single keys of a side, each by a listing of its own. This proves that a key is absent if the pages around it were
 * listed in an earlier round, before the pages of the walked side.
 */
export class LookUps {
  readonly #asked = new Map<string, Promise<Found>>();

  constructor(
    private readonly side: Pick<BucketReader, 'listPage'>,
    private readonly shouldStop: () => boolean,
  ) {}

  /**
   * Finds the first of some keys. Asks for the other keys at the same time, as they are likely to be needed next.
   *
   * @param keys  listed on the walked side before this call
   * @param beforeAsking  awaited before any request is sent
   * @throws ListingError
   */
  async find([key, ...others]: readonly string[], beforeAsking: () => Promise<void> | undefined): Promise<Found> {
    if (key === undefined) throw new Error('Expected a key to look up, got none');
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      await beforeAsking();
      this.#asked.clear();
      for (const one of [key, ...others]) this.#asked.set(one, this.#ask(one));
      asked = this.#asked.get(key);
    }
    return asked;
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.#asked.values());
  }

  #ask(key: string): Promise<Found> {
    const asked = this.#list(key);
    asked.catch(() => {}); // the `find` that needs it throws the error; until then it must not count as unhandled
    return asked;
  }

  /** The first key of this listing tells: the key itself comes before all keys that begin with it. */
  async #list(key: string): Promise<Found> {
    for await (const { objects } of listPages(this.side, { keyPrefix: key, maxKeys: 1 })) {
      // a server that ignores the prefix may list keys before it
      const first = objects.find((object) => compareKeys(object.key, key) >= 0);
      if (first) return first.key === key ? first : undefined;
      if (this.shouldStop()) return STOP;
    }
    return undefined;
  }
}
