import type { ReportLine } from '../../../statemachine/contract';
import type { Step } from '../../../statemachine/input/copying-steps';
import { keyFilter } from '../keys/key-filter';
import { type Amount, Amounts, NOTHING } from './amounts';

/** What one step of a run copies. */
export interface StepSum extends Amount, Pick<Step, 'name' | 'glob'> {}

/** What is copied, step by step. */
export class StepSums {
  readonly #sums = new Amounts();
  readonly #steps: readonly (Step & { readonly takes: (key: string) => boolean })[];

  /** @param prefix  the folder whose keys the globs are about */
  constructor(
    steps: readonly Step[],
    private readonly prefix: string,
  ) {
    this.#steps = steps.map((step) => ({ ...step, takes: keyFilter(step) }));
  }

  add({ action, key, sizeBytes, error }: ReportLine): void {
    if (action !== 'copy' || error !== undefined || this.#steps.length === 0) return;
    const relative = key.startsWith(this.prefix) ? key.slice(this.prefix.length) : key;
    const step = this.#steps.find(({ takes }) => takes(relative));
    if (step) this.#sums.add(step.name, { objects: 1, bytes: sizeBytes });
  }

  toArray(): StepSum[] {
    const sums = this.#sums.toRecord();
    return this.#steps.map(({ name, glob }) => ({
      name,
      ...(glob !== undefined && { glob }),
      ...(sums[name] ?? NOTHING),
    }));
  }
}
