import {
  type AdvanceInput,
  addCounters,
  type ContinuationToken,
  emptyCounters,
  type FailedRange,
  type LoopState,
  type RangeResult,
} from '../../statemachine/contract';
import type { Host } from './host';
import { budgetOf } from './phases';

/**
 * Tasks `AdvanceCopy` and `AdvanceDelete`: adds a round's results to its loop and sets the next round up.
 * A range that failed for good ends the loop; the other loop goes on.
 */
export async function advanceLoop(input: AdvanceInput, host: Host): Promise<LoopState> {
  const { loop } = input;
  const finished = loop.results.filter((result): result is RangeResult => 'counters' in result);
  const failed = loop.results.find((result): result is FailedRange => 'error' in result);
  const tokens = finished.flatMap((result) => result.tokens);
  if (failed) await abandonUploads([...loop.tokens, ...tokens], input, host);
  const round = loop.round + 1;
  return {
    round,
    budgetMs: budgetOf(round, host.roundBudgetsMs),
    tokens: failed ? [] : tokens,
    counters: finished.reduce((sum, { counters }) => addCounters(sum, counters), loop.counters),
    ranges: loop.ranges + loop.results.length,
    busyMs: finished.reduce((sum, { elapsedMs }) => sum + elapsedMs, loop.busyMs),
    ...(failed && { error: failed.error }),
  };
}

/** No later round goes on with these, so their parts are not left behind. Those that were completed are gone already. */
async function abandonUploads(tokens: readonly ContinuationToken[], { run }: AdvanceInput, host: Host): Promise<void> {
  const begun = tokens.filter(({ upload, until }) => upload && until !== undefined);
  if (begun.length === 0) return;
  const { destination } = host.openBuckets(run, { counters: emptyCounters().requests, onSlowDown() {} });
  await Promise.all(begun.map(({ until = '', upload }) => upload && destination.uploads.abort(until, upload.id)));
}
