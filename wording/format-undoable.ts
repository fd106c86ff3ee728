import type { RunSummary } from '../statemachine/contract';

/** Says in the plan of an undo until when S3 keeps what it needs; undefined if nobody knows. */
export function formatUndoable({ undoableUntil, startedAt }: RunSummary): string | undefined {
  if (undoableUntil === undefined) return undefined;
  const day = undoableUntil.slice(0, 10);
  return undoableUntil <= startedAt
    ? `By its lifecycle rules, the destination may have lost former versions since ${day}. What is gone is listed as expired`
    : `By its lifecycle rules, the destination keeps what that run replaced or deleted at least until ${day}`;
}
