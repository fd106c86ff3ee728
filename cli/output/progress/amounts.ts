import type { LoopProgress, Progress } from '../../../local/progress';

/** What a run has done so far, in the words of the screen. */
export interface Amounts {
  /** Objects that this phase has looked at. */
  readonly lookedAt: number;
  readonly same: number;
  readonly skipped: number;
  /** These count what earlier phases did, too, as a plan is about all of them. */
  readonly copied: number;
  readonly copiedBytes: number;
  readonly deleted: number;
  readonly failedCopies: number;
  readonly failedDeletes: number;
  /** Actions of the plan that turned out to be done already, or not to be done any more. */
  readonly needlessCopies: number;
  readonly needlessDeletes: number;
}

type Summed = 'copied' | 'copiedBytes' | 'deleted' | 'failed' | 'unchanged' | 'skipped' | 'waiting';

export function amountsOf({ copy, delete: deletes, plan, earlier }: Progress): Amounts {
  // both loops look at the objects that both sides have
  const { unchanged, skipped } = isAtWork(copy) ? copy.counters : deletes.counters;
  const soFar = { copy: copy.counters, delete: deletes.counters };
  const sum = (loop: 'copy' | 'delete', field: Summed) => (earlier?.[loop][field] ?? 0) + (soFar[loop][field] ?? 0);
  // what waits to be restored was no copy in the plan
  const needless = (loop: 'copy' | 'delete') =>
    plan?.isAll ? sum(loop, 'unchanged') + sum(loop, 'skipped') - sum(loop, 'waiting') : 0;
  return {
    lookedAt: Math.max(copy.counters.listed, deletes.counters.listed),
    same: unchanged,
    skipped,
    copied: sum('copy', 'copied'),
    copiedBytes: sum('copy', 'copiedBytes'),
    // one walk that decides both sides counts the deletes with the copies
    deleted: sum('copy', 'deleted') + sum('delete', 'deleted'),
    failedCopies: sum('copy', 'failed'),
    failedDeletes: sum('delete', 'failed'),
    needlessCopies: needless('copy'),
    needlessDeletes: needless('delete'),
  };
}

/** Whether a loop has work in this phase. */
export function isAtWork({ round }: LoopProgress): boolean {
  return round > 0;
}
