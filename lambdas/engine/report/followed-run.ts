import { type RunSummary, type SyncInput, tookPart } from '../../../statemachine/contract';
import { type RunStore, runFolder } from '../ports/run-store';

/**
 * How many objects of the destination took part in the run that a run follows: in the plan that it has applied, or in the run that it
 * has undone or retried.
 *
 * @returns undefined if it follows none, or if that is not known any longer. This is no reason to fail: the run has done its work
 */
export async function tookPartBefore(
  { apply, undo, retry }: Pick<SyncInput, 'apply' | 'undo' | 'retry'>,
  store: RunStore,
): Promise<number | undefined> {
  const followed = apply ?? undo ?? retry;
  if (followed === undefined) return undefined;
  try {
    const found = await store.get(`${runFolder(followed)}/summary.json`);
    const takingPart = found && tookPart(JSON.parse(found.body.toString('utf8')) as RunSummary);
    return Number.isSafeInteger(takingPart) ? takingPart : undefined;
  } catch {
    return undefined;
  }
}
