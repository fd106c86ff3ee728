import { isRunning } from '../lambdas/aws/is-running';
import { openRunStore } from '../lambdas/aws/run-store';
import { findLock, type LockedFolder } from '../lambdas/engine/run-lock';

/** What became of a lock. */
export interface Unlocked {
  /** Where the lock is or was; absent where there is none. */
  readonly lock?: string;
  /** Absent where the lock cannot be read. */
  readonly executionId?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** false only if it is certain that the execution has ended. */
  readonly running?: boolean;
  readonly removed: boolean;
}

/**
 * Removes the lock of a folder if the execution that holds it has ended.
 *
 * @param location  where locks are kept: `s3://bucket` or `file:///folder`
 * @param force  remove it also if the execution may still run
 */
export async function unlock(folder: LockedFolder, location: string, force: boolean): Promise<Unlocked> {
  const found = await findLock(folder, openRunStore(location));
  if (!found) return { removed: false };
  const running = found.holder ? await mayRun(found.holder.executionId, force) : true;
  const removed = (force || !running) && (await found.remove());
  return { lock: found.place, ...found.holder, running, removed };
}

/** Who forces it need not be allowed to ask. */
async function mayRun(executionId: string, force: boolean): Promise<boolean> {
  return force ? isRunning(executionId).catch(() => true) : isRunning(executionId);
}
