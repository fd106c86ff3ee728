import type { RunSummary } from '../statemachine/contract';
import { formatObjects } from './numbers';

/** `Kept: 3 objects that the source lacks. …`; undefined if no orphan waits. */
export function formatDeferred({ totals: { deferred = 0 }, input }: RunSummary): string | undefined {
  if (deferred === 0) return undefined;
  const { deleteAfter = '' } = (input ?? {}) as { readonly deleteAfter?: string };
  return `Kept: ${formatObjects(deferred)} that the source lacks. A run deletes each of them once the source has lacked it for ${deleteAfter}`;
}
