import type { RangeInput } from '../../statemachine/contract';

/**
 * How many orphans a range may delete. The ranges of a round do not know of each other, so each has its share of what
 * the rounds before have left of the run's `deleteLimit`. A range that has spent its share hands on what it has left:
 * the next round divides again. Only when nothing is left to divide, an orphan is one too many.
 */
export class DeleteAllowance {
  readonly #limited: boolean;
  readonly #nothingLeft: boolean;
  #share: number;

  constructor({ run, phase, deleted = 0, index, share }: RangeInput) {
    const left = Math.max(0, (run.deleteLimit ?? 0) - deleted);
    this.#limited = run.deleteLimit !== undefined && phase.write;
    this.#nothingLeft = left === 0;
    this.#share = Math.floor(left / share.ranges) + (index < left % share.ranges ? 1 : 0);
  }

  /** Another orphan would be one for the next round. */
  get isShareSpent(): boolean {
    return this.#limited && !this.#nothingLeft && this.#share === 0;
  }

  /** @returns whether one more orphan may be deleted */
  take(): boolean {
    if (!this.#limited) return true;
    if (this.#share === 0) return false;
    this.#share -= 1;
    return true;
  }
}
