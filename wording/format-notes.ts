import type { RunSummary } from '../statemachine/contract';
import { formatAcl } from './format-acl';
import { formatDeferred } from './format-deferred';
import { formatHeld } from './format-held';
import { formatInvalidation } from './format-invalidation';
import { formatProved } from './format-proved';
import { formatUndoable } from './format-undoable';
import { formatWaiting } from './format-waiting';

/** Notes about a run in addition to its numbers, one sentence each. */
export function formatNotes(summary: RunSummary): string[] {
  const notes = [
    formatProved(summary),
    formatDeferred(summary),
    formatWaiting(summary),
    formatAcl(summary),
    formatInvalidation(summary),
    formatHeld(summary),
    formatUndoable(summary),
  ].filter((note) => note !== undefined);
  return [...notes, ...(summary.warnings ?? []).map(({ message }) => `Warning: ${message}`)];
}
