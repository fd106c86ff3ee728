import type { RunSummary } from '../statemachine/contract';
import { copyingSteps } from '../statemachine/input/copying-steps';
import { parseSyncInput } from '../statemachine/input/parse-sync-input';

/** Whether only single objects failed in a run, so that `retry` does all that is left of it. */
export function mayBeRetried(summary: RunSummary): boolean {
  return summary.error?.name === 'SyncIncompleteError' && hasReachedAll(summary);
}

/** A run that copies in steps ends with the step in which an object failed. */
function hasReachedAll({ phases, input: given }: RunSummary): boolean {
  const input = parseSyncInput(given, () => true);
  const lastStep = copyingSteps(input).at(-1)?.name;
  const last = lastStep && input.delete ? 'deletes' : (lastStep ?? 'sync');
  return phases.some(({ name }) => name === last);
}
