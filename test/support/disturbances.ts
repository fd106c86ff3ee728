import type { TaskName } from '../../local/handlers';
import type { Bucket, Fault, RequestHook } from '../../local/s3';
import { FAULTS } from './fault-table';
import type { MirrorOptions } from './mirror';
import { MIB, putInParts } from './put-in-parts';
import { pick } from './random';

/** From then on, the Task gets no answer until it gives up. Then it counts as timed out. */
class TimedOut extends Error {
  override readonly name = 'States.Timeout';
}

/** How likely each disturbance is: of a request that it fails or that the source changes before it, of a Task the others. */
export interface Rates {
  readonly fault: number;
  readonly change: number;
  readonly timeOut: number;
  readonly twice: number;
}

/** How often each one happened; faults by their names. */
export type Tally = Map<string, number>;

const RANGE_TASKS: readonly TaskName[] = ['CopyRange', 'DeleteRange'];
const OWNERS = ['red', 'green', 'blue'] as const;

/** What goes wrong in a run, by a random of the caller's. */
export class Disturbances {
  #unreachable = 0;
  /** Requests before the chosen Task gets no more answers. */
  #fuse: number | undefined;
  #fuseBurnt = () => {};

  constructor(
    private readonly rates: Rates,
    private readonly random: () => number,
    private readonly tally: Tally,
    /** Changes something at the source. */
    private readonly change: () => void,
  ) {}

  readonly onRequest: RequestHook = ({ operation }): Fault | undefined => {
    if (this.#fuse !== undefined && this.#fuse-- <= 0) this.#fuseBurnt();
    if (this.#unreachable > 0) return 'reset';
    if (this.random() < this.rates.change) {
      this.change();
      count(this.tally, 'change at the source');
    }
    if (this.random() >= this.rates.fault) return undefined;
    const rows = FAULTS.filter(({ on }) => on.test(operation));
    const { name, fault } = pick(rows, this.random);
    count(this.tally, name);
    return fault;
  };

  readonly around: NonNullable<MirrorOptions['around']> = async (task, _input, invoke) => {
    if (!RANGE_TASKS.includes(task)) return invoke();
    if (this.random() < this.rates.twice) {
      count(this.tally, 'Task delivered twice');
      const outcomes = await Promise.allSettled([invoke(), invoke()]);
      const first = pick(outcomes, this.random);
      if (first.status === 'rejected') throw first.reason;
      return first.value;
    }
    if (this.#fuse === undefined && this.random() < this.rates.timeOut) return this.#timeOut(invoke);
    return invoke();
  };

  async #timeOut(invoke: () => Promise<unknown>): Promise<unknown> {
    let burnt = false;
    this.#fuse = Math.floor(this.random() * 20);
    this.#fuseBurnt = () => {
      this.#fuse = undefined;
      this.#unreachable += 1;
      burnt = true;
    };
    const [outcome] = await Promise.allSettled([invoke()]);
    this.#fuse = undefined;
    if (burnt) {
      this.#unreachable -= 1;
      count(this.tally, 'Task timed out');
      throw new TimedOut('The Task did not end in time');
    }
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  }
}

export function count(tally: Tally, what: string): void {
  tally.set(what, (tally.get(what) ?? 0) + 1);
}

/** Puts, overwrites or deletes one of `keys`. */
export function changeBucket(bucket: Bucket, keys: readonly string[], random: () => number): void {
  const key = pick(keys, random);
  const owner = pick(OWNERS, random);
  const attributes = { user: { owner }, tags: [['owner', owner]] as [string, string][] };
  const what = random();
  if (what < 0.25) bucket.remove(key);
  else if (what < 0.35) putInParts(bucket, key, [65 * MIB, 66 * MIB, (1 + Math.floor(random() * 3)) * MIB], attributes);
  else bucket.put(key, pick(['', 'x', 'other', 'a longer content'], random), attributes);
}
