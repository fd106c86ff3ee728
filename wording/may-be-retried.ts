import type { RunSummary } from '../statemachine/contract';
import { parseSyncInput } from '../statemachine/input/sync-input';

/** Whether only single objects failed in a run, so that `retry` does all that is left of it. */
export function mayBeRetried(summary: RunSummary): boolean {
  return summary.error?.name === 'SyncIncompleteError' && hasReachedAll(summary);
}

/** A run with `mode: "publish"` ends with the phase in which an object failed. */
function hasReachedAll({ phases, input }: RunSummary): boolean {
  const { mode, delete: deletes } = parseSyncInput(input, () => true);
  const last = mode === 'mirror' ? 'sync' : deletes ? 'deletes' : 'pages';
  return phases.some(({ name }) => name === last);
}
