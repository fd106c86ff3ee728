import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { runFolder } from '../ports/run-store';

/**
 * How many orphans a range may delete. The ranges of a round do not know of each other, so each has a quota of what
 * the rounds before have left of the run's `deleteLimit`. A range that has spent its quota hands on what it has left:
 * the next round divides again. An orphan is over the limit only when nothing is left to divide.
 *
 * A quota is for one attempt. If an attempt was lost, nobody knows how many objects it deleted. So the next attempt of the
 * same range has nothing to spend, and says so in its result. So an attempt claims the quota before it deletes
 * anything, and one that deletes nothing does so at its end. An attempt that fails before costs nothing.
 */
export class DeleteAllowance {
  #quota: number | undefined;
  #lostDeletes = 0;
  #claim: Promise<void> | undefined;
  #isClaimed: boolean;

  constructor(
    private readonly input: RangeInput,
    private readonly host: Host,
  ) {
    this.#quota = quotaOf(input);
    this.#isClaimed = this.#quota === undefined || this.#quota === 0;
  }

  /**
   * Claims the quota for this invocation, if there is a limit.
   *
   * @returns a promise to wait for before anything is deleted; undefined once it is known how much may be deleted
   */
  claim(): Promise<void> | undefined {
    if (this.#isClaimed) return undefined;
    this.#claim ??= this.#claimQuota();
    return this.#claim;
  }

  /**
   * Ends the attempt: from now on no other attempt can claim the quota. @returns what its result says of earlier attempts
   */
  async close(): Promise<Pick<RangeResult, 'lostDeletes'>> {
    await this.claim();
    return this.#lostDeletes === 0 ? {} : { lostDeletes: this.#lostDeletes };
  }

  async #claimQuota(): Promise<void> {
    const { run, phase, round, index } = this.input;
    const { runStore, invocationId } = this.host;
    const name = `${runFolder(run.id)}/deletes/${phase.name}-${round}-${index}`;
    // If the answer to a claim was lost, the repeated request finds its own claim.
    const isFirst =
      (await runStore.putIfAbsent(name, invocationId)) ||
      (await runStore.get(name))?.body.toString('utf8') === invocationId;
    if (!isFirst) [this.#lostDeletes, this.#quota] = [this.#quota ?? 0, 0];
    this.#isClaimed = true;
  }

  /** The next orphan has to wait for the next round. */
  get isQuotaSpent(): boolean {
    return this.#quota === 0 && leftOf(this.input) > 0;
  }

  /** @returns whether one more orphan may be deleted */
  take(): boolean {
    if (this.#quota === undefined) return true;
    if (this.#quota === 0) return false;
    this.#quota -= 1;
    return true;
  }
}

/** The quota of a range; undefined = no limit. The quotas of a round add up to what is left. */
export function quotaOf(input: RangeInput): number | undefined {
  const { run, phase, index, share } = input;
  if (run.deleteLimit === undefined || !phase.write) return undefined;
  const left = leftOf(input);
  return Math.floor(left / share.ranges) + (index < left % share.ranges ? 1 : 0);
}

/** S3 may have done a delete that failed, so it counts. */
function leftOf({ run: { deleteLimit = 0 }, before, lostDeletes = 0 }: RangeInput): number {
  return Math.max(0, deleteLimit - (before?.deleted ?? 0) - (before?.failed ?? 0) - lostDeletes);
}
