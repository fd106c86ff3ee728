import type { RangeInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import type { Deadline } from './deadline';
import type { LargeObjects } from './large-objects';
import type { Ledger } from './ledger';

/**
 * A Task that only lists shares no less than this. Each of its walkers lists up to two pages of each side again in the next round,
 * so with all walkers this is a tenth more.
 */
const LISTS_BEFORE_SHARE = 640;

interface Parts {
  readonly deadline: Deadline;
  readonly large: LargeObjects;
  readonly ledger: Ledger;
}

/**
 * Whether other Tasks would get part of the remaining work if the round ended now. Handing on a half-copied large object
 * would cost more than they could do meanwhile.
 */
export function mayHandBack({ share, run }: RangeInput, host: Host, { deadline, large, ledger }: Parts): boolean {
  if (share.ranges >= Math.min(run.input.maxConcurrency, host.rangesAtOnce) || !host.othersIdle()) return false;
  const { list, head, copy, delete: deletes } = ledger.counters.requests;
  if (list < LISTS_BEFORE_SHARE && head + copy + deletes === 0) return false;
  return deadline.mayShare() && !large.areUnderWay;
}
