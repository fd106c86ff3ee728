import type { RangeInput, RangeResult } from '../../statemachine/contract';
import type { Host } from './host';
import { runFolder } from './report';

/**
 * How many orphans a range may delete. The ranges of a round do not know of each other, so each has its share of what
 * the rounds before have left of the run's `deleteLimit`. A range that has spent its share hands on what it has left:
 * the next round divides again. Only when nothing is left to divide, an orphan is one too many.
 *
 * A share is for one attempt. An attempt that was lost may have deleted, and nobody knows how many: the next attempt of
 * the same range has nothing to spend, and says so in its result.
 */
export class DeleteAllowance {
  /** Makes the share this invocation's own, where there is a limit. */
  static async claim(input: RangeInput, { runStore, invocationId }: Host): Promise<DeleteAllowance> {
    const { run, phase, round, index } = input;
    const share = shareOf(input);
    if (share === undefined || share === 0) return new DeleteAllowance(input, share, 0);
    const name = `${runFolder(run.id)}/deletes/${phase.name}-${round}-${index}`;
    const isFirst = await runStore.putIfAbsent(name, invocationId);
    return new DeleteAllowance(input, isFirst ? share : 0, isFirst ? 0 : share);
  }

  #share: number | undefined;

  private constructor(
    private readonly input: RangeInput,
    share: number | undefined,
    private readonly lostDeletes: number,
  ) {
    this.#share = share;
  }

  /** Another orphan would be one for the next round. */
  get isShareSpent(): boolean {
    return this.#share === 0 && leftOf(this.input) > 0;
  }

  /** What the range's result says of attempts before this one. */
  get lost(): Pick<RangeResult, 'lostDeletes'> {
    return this.lostDeletes === 0 ? {} : { lostDeletes: this.lostDeletes };
  }

  /** @returns whether one more orphan may be deleted */
  take(): boolean {
    if (this.#share === undefined) return true;
    if (this.#share === 0) return false;
    this.#share -= 1;
    return true;
  }
}

/** The share of a range; undefined = no limit. Those of a round add up to what is left. */
export function shareOf(input: RangeInput): number | undefined {
  const { run, phase, index, share } = input;
  if (run.deleteLimit === undefined || !phase.write) return undefined;
  const left = leftOf(input);
  return Math.floor(left / share.ranges) + (index < left % share.ranges ? 1 : 0);
}

/** A delete that failed may have been made all the same, so it counts. */
function leftOf({ run: { deleteLimit = 0 }, before, lostDeletes = 0 }: RangeInput): number {
  return Math.max(0, deleteLimit - (before?.deleted ?? 0) - (before?.failed ?? 0) - lostDeletes);
}
