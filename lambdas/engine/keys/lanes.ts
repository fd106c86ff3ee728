import type { KeyRange } from '../../../statemachine/contract';
import { compareKeys } from './compare-keys';
import { isWithin } from './key-range';
import { ownText } from './own-text';

/** Things about keys between `first` and `last`, in no order. */
export interface Part<Thing> {
  readonly things: readonly Thing[];
  readonly first: string;
  readonly last: string;
}

/** Takes what one walk finds. A walk meets neighbouring keys, so its parts cover a narrow range of keys. */
export interface Lane<Thing> {
  /**
   * @param size  how much of a part it fills: with 1, the part is full
   * @returns a promise to wait for while a part is written
   */
  add(key: string, thing: Thing, size: number): Promise<void> | undefined;
}

/** Walks that have filled less of a part share one. */
const LEAST_ALONE = 1 / 4;

/**
 * Collects what the walks of a Task find, until it fills parts. Walks that have found little share a part if they walk the same
 * range. The ranges of a Task may be far apart, and a reader has to read each part that may hold the keys it wants.
 */
export class Lanes<Thing> {
  readonly #lanes: Collected<Thing>[] = [];
  #size = 0;

  /**
   * @param most  how many parts may be at hand, of all lanes together
   * @param write  called with each part, maybe before it is done with the one before
   * @param ranges  of the Task
   */
  constructor(
    private readonly most: number,
    private readonly write: (part: Part<Thing>) => Promise<void>,
    private readonly ranges: readonly KeyRange[],
  ) {}

  open(): Lane<Thing> {
    const lane = new Collected<Thing>();
    this.#lanes.push(lane);
    return { add: (key, thing, size) => this.#add(lane, key, thing, size) };
  }

  /** Writes everything that is at hand. */
  async flush(): Promise<void> {
    const lanes = this.#lanes.filter(({ size }) => size > 0).sort((a, b) => compareKeys(a.first, b.first));
    const writes: Promise<void>[] = [];
    let together: Collected<Thing>[] = [];
    for (const [index, lane] of lanes.entries()) {
      together.push(lane);
      const next = lanes[index + 1];
      if (next && sizeOf(together) < LEAST_ALONE && this.#rangeOf(next) === this.#rangeOf(lane)) continue;
      writes.push(this.#write(together));
      together = [];
    }
    await Promise.all(writes);
  }

  #add(lane: Collected<Thing>, key: string, thing: Thing, size: number): Promise<void> | undefined {
    lane.add(key, thing, size);
    this.#size += size;
    if (lane.size >= 1) return this.#write([lane]);
    return this.#size < this.most ? undefined : this.#makeRoom();
  }

  /**
   * Writes what one walk has found. A part of several walks would span all that they find later, and whoever reads that would also
   * have to read this part.
   */
  #makeRoom(): Promise<void> {
    const largest = this.#lanes.reduce((a, b) => (b.size > a.size ? b : a));
    return largest.size < LEAST_ALONE ? this.flush() : this.#write([largest]);
  }

  #rangeOf({ first }: Collected<Thing>): KeyRange | undefined {
    return this.ranges.find((range) => isWithin(range, first));
  }

  #write(lanes: readonly Collected<Thing>[]): Promise<void> {
    this.#size -= sizeOf(lanes);
    const taken = lanes.map((lane) => lane.take());
    return this.write({
      things: taken.flatMap(({ things }) => things),
      first: taken.map(({ first }) => first).reduce((a, b) => (compareKeys(a, b) <= 0 ? a : b)),
      last: taken.map(({ last }) => last).reduce((a, b) => (compareKeys(a, b) >= 0 ? a : b)),
    });
  }
}

class Collected<Thing> {
  #things: Thing[] = [];
  #last = '';
  first = '';
  size = 0;

  /** Keys come in no order, because some objects take longer than others. */
  add(key: string, thing: Thing, size: number): void {
    const isFirst = this.#things.length === 0;
    if (isFirst || compareKeys(key, this.first) < 0) this.first = key;
    if (isFirst || compareKeys(key, this.#last) > 0) this.#last = key;
    this.#things.push(thing);
    this.size += size;
  }

  take(): Part<Thing> {
    const things = this.#things;
    [this.#things, this.size] = [[], 0];
    return { things, first: ownText(this.first), last: ownText(this.#last) };
  }
}

function sizeOf(lanes: readonly { readonly size: number }[]): number {
  return lanes.reduce((sum, { size }) => sum + size, 0);
}
