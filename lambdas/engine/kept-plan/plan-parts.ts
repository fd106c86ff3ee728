import type { KeptPlan, KeyRange } from '../../../statemachine/contract';
import { compareKeys } from '../keys/compare-keys';
import { countUpTo, overlaps } from '../keys/key-range';
import type { RunStore } from '../ports/run-store';
import type { PlanPart } from './plan-index';
import { loopOf, type PlanLoop, type PlannedAction } from './planned-action';
import { readIndex } from './read-index';
import { readPart } from './read-part';

/** How many parts are in memory: one for each walker, about the place where it is. */
export const MOST_PARTS = 8;

/** The actions of a plan that one loop has to apply in some ranges. A part is read when a key of it comes. */
export class PlanParts {
  readonly #read = new Map<string, Promise<readonly PlannedAction[]>>();

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
    const known = this.#read.get(part.name);
    if (known) {
      this.#read.delete(part.name);
      this.#read.set(part.name, known);
      return known;
    }
    const actions = this.#load(part);
    this.#read.set(part.name, actions);
    actions.catch(() => this.#read.delete(part.name));
    const [oldest] = this.#read.keys();
    if (this.#read.size > MOST_PARTS && oldest !== undefined) this.#read.delete(oldest);
    return actions;
  }

  async #load(part: PlanPart): Promise<readonly PlannedAction[]> {
    const actions = await readPart(this.store, this.runId, part);
    return actions.filter((action) => loopOf(action) === this.loop);
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
