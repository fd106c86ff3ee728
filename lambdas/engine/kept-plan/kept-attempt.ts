import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import type { RunStore } from '../ports/run-store';
import { writerOf } from './plan-index';
import { type PlanLane, PlanWriter } from './plan-writer';

/** Attempts at one range differ in these characters of their ids. The state has no room for more. */
const CHARACTERS_OF_ID = 12;

/** What one attempt at a range plans. Its result names the attempt, so that a lost attempt counts for nothing. */
export class KeptAttempt {
  readonly #name: string;
  readonly #writer: PlanWriter;

  constructor(
    range: RangeInput,
    { runStore, invocationId }: { readonly runStore: RunStore; readonly invocationId: string },
  ) {
    this.#name = invocationId.slice(0, CHARACTERS_OF_ID);
    this.#writer = new PlanWriter(runStore, range.run.id, writerOf(range, this.#name), range.tokens);
  }

  openLane(): PlanLane {
    return this.#writer.openLane();
  }

  /** @returns what the range's result says of the plan */
  async close(): Promise<Pick<RangeResult, 'plan'>> {
    return (await this.#writer.close()) ? { plan: this.#name } : {};
  }
}
