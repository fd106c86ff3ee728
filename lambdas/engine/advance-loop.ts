import {
  type AdvanceInput,
  addCounters,
  type FailedRange,
  type LoopState,
  type RangeResult,
} from '../../statemachine/contract';
import { budgetOf } from './phases';

/**
 * Tasks `AdvanceCopy` and `AdvanceDelete`: adds a round's results to its loop and sets the next round up.
 * A range that failed for good ends the loop; the other loop goes on.
 */
export function advanceLoop({ loop }: AdvanceInput, roundBudgetsMs: readonly number[]): LoopState {
  const finished = loop.results.filter((result): result is RangeResult => 'counters' in result);
  const failed = loop.results.find((result): result is FailedRange => 'error' in result);
  const round = loop.round + 1;
  return {
    round,
    budgetMs: budgetOf(round, roundBudgetsMs),
    tokens: failed ? [] : finished.flatMap(({ tokens }) => tokens),
    counters: finished.reduce((sum, { counters }) => addCounters(sum, counters), loop.counters),
    ranges: loop.ranges + loop.results.length,
    busyMs: finished.reduce((sum, { elapsedMs }) => sum + elapsedMs, loop.busyMs),
    ...(failed && { error: failed.error }),
  };
}
