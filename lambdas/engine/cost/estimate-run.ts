import { type EstimatedCost, emptyCounters, type FinishedLoop, type RunSummary } from '../../../statemachine/contract';
import { estimateCost } from './estimate-cost';

/** Each loop lists both sides, and a plan has listed them once. */
const LISTINGS = 2;

/**
 * What the run will cost that a plan foretells, at least: a copy counts as one request, and a large object takes one for each part.
 * Lambda and Step Functions do not count, as nobody knows how long it takes.
 *
 * @param plan  the summary of a dry run
 */
export function estimateRun({ totals, where }: Pick<RunSummary, 'totals' | 'where'>): EstimatedCost {
  const requests = {
    ...totals.requests,
    list: LISTINGS * totals.requests.list,
    copy: totals.copied,
  };
  const copy = toLoop({ ...emptyCounters(), copiedBytes: totals.copiedBytes, requests });
  const regions = where?.streamedFrom === undefined ? where : undefined;
  return estimateCost([{ name: 'sync', copy, delete: toLoop(emptyCounters()) }], undefined, regions);
}

function toLoop(counters: FinishedLoop['counters']): FinishedLoop {
  return { counters, rounds: 0, ranges: 0, mapRanges: 0, busyMs: 0 };
}
