import {
  leftOf,
  type RunSummary,
  SHARED_LIMITS,
  type SharedLimit,
  type SyncInput,
  type SyncRequest,
} from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { mayBeRetried } from '../../wording/may-be-retried';
import { type FollowUpOptions, followUp } from './follow-up';

/** `bucketsync retry`: repeats what failed in a run. @returns the exit code */
export async function retryCommand(run: string, options: FollowUpOptions): Promise<number> {
  return followUp(run, options, { requestAfter: retryOf });
}

/**
 * The input that repeats what failed in a run. Its limits are what the run has left of its own limits.
 *
 * @throws InvalidInputError  the run did not fail only for single objects
 */
function retryOf(run: string, summary: RunSummary | undefined): SyncRequest {
  if (!summary || !mayBeRetried(summary)) {
    const how = summary ? (summary.error?.name ?? 'it succeeded') : 'there is no summary of it';
    throw new InvalidInputError(
      `Expected a run in which only single objects failed (SyncIncompleteError), got ${run}: ${how}. Start the same run again in full`,
    );
  }
  // what failed is among these keys
  const { keys: _keys, ...input } = parseSyncInput(summary.input, () => true);
  const limits = SHARED_LIMITS.map((field) => [field, limitOf(field, input, summary)]);
  return { ...input, retry: summary.runId, ...Object.fromEntries(limits.filter(([, limit]) => limit !== undefined)) };
}

/** The deployed limit applies in addition to the input's own. */
function limitOf(field: SharedLimit, input: SyncInput, failed: RunSummary): number | undefined {
  const given = [input[field], failed.deployed?.[field]].filter((limit) => limit !== undefined);
  return given.length === 0 ? undefined : Math.min(...given.map((limit) => leftOf(limit, field, failed)));
}
