import type { KeptPlan, KeyRange } from '../../../statemachine/contract';
import { Turns } from '../concurrency/turns';
import { compareKeys } from '../keys/compare-keys';
import { countUpTo, overlaps } from '../keys/key-range';
import type { RunStore } from '../ports/run-store';
import type { PlanPart } from './plan-index';
import { loopOf, type PlanLoop, type PlannedAction } from './planned-action';
import { readIndex } from './read-index';
import { readPart } from './read-part';

/** A plan of so few parts is read to be cut. */
export const MOST_PARTS = 16;

/** Of the text of the parts that are in memory: what walkers have about the places where they are. */
const MOST_CHARACTERS = 6 * 1024 ** 2;

/** While a part is read, it takes several times the memory that its actions take afterwards. */
const READS_AT_ONCE = 2;

interface Kept {
  readonly actions: Promise<readonly PlannedAction[]>;
  /** Zero until the part is read. */
  characters: number;
}

/** The actions of a plan that one loop has to apply in some ranges. A part is read when a key of it comes. */
export class PlanParts {
  /** Those that were used last stand last. */
  readonly #kept = new Map<string, Kept>();
  readonly #reads = new Turns(READS_AT_ONCE);

  /** @throws PlanChangedError */
  static async open(store: RunStore, plan: KeptPlan, loop: PlanLoop, ranges: readonly KeyRange[]): Promise<PlanParts> {
    const { parts } = await readIndex(store, plan);
    const wanted = parts.filter((part) => part[countOf(loop)] > 0 && ranges.some((range) => overlaps(range, part)));
    return new PlanParts(store, plan.id, loop, wanted);
  }

  private constructor(
    private readonly store: RunStore,
    private readonly runId: string,
    private readonly loop: PlanLoop,
    /** In the order of their first keys. */
    readonly parts: readonly PlanPart[],
  ) {}

  /**
   * The next actions behind a key, in order.
   *
   * @param wanted  which keys are asked for
   * @returns fewer than `most` only if there are no more
   * @throws ListingError  the run store could not be read
   * @throws PlanChangedError
   */
  async behind(after: string | undefined, most: number, wanted: (key: string) => boolean): Promise<PlannedAction[]> {
    let found: PlannedAction[] = [];
    for (const part of this.parts) {
      if (after !== undefined && compareKeys(part.last, after) <= 0) continue;
      const last = found[most - 1];
      if (last && compareKeys(part.first, last.key) > 0) break;
      found = merge(found, nextOf(await this.#actionsOf(part), after, most, wanted)).slice(0, most);
    }
    return found;
  }

  /** Where parts end, in order, and how many actions the parts have that end there. */
  ends(): readonly { readonly key: string; readonly actions: number }[] {
    const ends = new Map<string, number>();
    for (const part of this.parts) ends.set(part.last, (ends.get(part.last) ?? 0) + part[countOf(this.loop)]);
    return [...ends].map(([key, actions]) => ({ key, actions })).sort((a, b) => compareKeys(a.key, b.key));
  }

  #actionsOf(part: PlanPart): Promise<readonly PlannedAction[]> {
    const { name } = part;
    const kept = this.#kept.get(name) ?? this.#load(part);
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    return kept.actions;
  }

  #load(part: PlanPart): Kept {
    const read = this.#reads.take(() => readPart(this.store, this.runId, part));
    const kept: Kept = {
      actions: read.then(({ actions, characters }) => {
        const own = actions.filter((action) => loopOf(action) === this.loop);
        kept.characters = (characters * own.length) / actions.length;
        this.#forgetOldest();
        return own;
      }),
      characters: 0,
    };
    kept.actions.catch(() => this.#kept.delete(part.name));
    return kept;
  }

  #forgetOldest(): void {
    let sum = [...this.#kept.values()].reduce((all, { characters }) => all + characters, 0);
    for (const [name, { characters }] of this.#kept) {
      if (sum <= MOST_CHARACTERS) return;
      // a part that is being read takes no memory yet
      if (characters > 0) this.#kept.delete(name);
      sum -= characters;
    }
  }
}

function countOf(loop: PlanLoop): 'copies' | 'deletes' {
  return loop === 'copy' ? 'copies' : 'deletes';
}

function nextOf(
  actions: readonly PlannedAction[],
  after: string | undefined,
  most: number,
  wanted: (key: string) => boolean,
): PlannedAction[] {
  const start = after === undefined ? 0 : countUpTo(after, actions, ({ key }) => key);
  const next: PlannedAction[] = [];
  for (let index = start; index < actions.length && next.length < most; index++) {
    const action = actions[index] as PlannedAction;
    if (wanted(action.key)) next.push(action);
  }
  return next;
}

function merge(a: PlannedAction[], b: PlannedAction[]): PlannedAction[] {
  const [last, first] = [a.at(-1), b[0]];
  if (!last || !first || compareKeys(last.key, first.key) < 0) return [...a, ...b];
  return [...a, ...b].sort((one, other) => compareKeys(one.key, other.key));
}
