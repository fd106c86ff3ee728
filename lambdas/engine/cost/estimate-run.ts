import {
  type EstimatedCost,
  emptyCounters,
  type FinishedLoop,
  type Invalidation,
  type RunSummary,
} from '../../../statemachine/contract';
import type { SyncInput } from '../../../statemachine/input/sync-input';
import type { SidesOfRun } from '../ports/worlds';
import { estimateCost } from './estimate-cost';
import { addInvalidation } from './invalidation-cost';
import { pricesOf } from './prices';
import { addStreams } from './streamed-cost';

interface Planned extends Pick<RunSummary, 'totals' | 'where'> {
  readonly invalidation?: Pick<Invalidation, 'paths'> | undefined;
  /** The plan does not know what the class of a source costs more than STANDARD. */
  readonly input: Pick<SyncInput, 'storageClass'>;
  /** Where the two sides are, and whether the run is deployed. Absent: what streams cost is left out. */
  readonly streams?: { readonly sides: SidesOfRun | undefined; readonly isDeployed: boolean };
}

/**
 * The least that a planned run will cost, including its own plan, which lists both sides once. A copy counts as one request, although
 * a large object requires one for each part. Lambda and Step Functions do not count, because nobody knows how long the run takes.
 *
 * @param plan  the summary of a dry run, or what the plan of a run has found
 */
export function estimateRun({ totals, where, input, streams, invalidation }: Planned): EstimatedCost {
  const requests = { ...totals.requests, copy: totals.copied };
  const storageClass = input.storageClass === 'same' ? 'STANDARD' : input.storageClass;
  const dearer = pricesOf(storageClass).write - pricesOf('STANDARD').write;
  const surcharges = { copy: Math.round(totals.copied * dearer * 1e9) };
  const copy = toLoop({ ...emptyCounters(), copiedBytes: totals.copiedBytes, requests, surcharges });
  const isStreamed = where?.streamedFrom !== undefined || streams?.sides?.streams === true;
  const phases = [{ name: 'sync', copy, delete: toLoop(emptyCounters()) } as const];
  const requested = estimateCost(phases, undefined, where && { ...where, isStreamed });
  const cost = addInvalidation(requested, invalidation);
  if (!where || !streams) return cost;
  return addStreams(cost, phases, streams.sides, { ...where, isDeployed: streams.isDeployed });
}

function toLoop(counters: FinishedLoop['counters']): FinishedLoop {
  return { counters, rounds: 0, ranges: 0, mapRanges: 0, busyMs: 0 };
}
