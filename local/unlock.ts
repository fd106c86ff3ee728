import type { Holder, Lock } from '../lambdas/engine/lock/lock-document';
import type { LockedFolder } from '../lambdas/engine/lock/lock-messages';
import { proveEnd } from '../lambdas/engine/lock/lock-proof';
import { findRecord, type LockRecord, removeRecord } from '../lambdas/engine/lock/lock-record';
import { findLock, leave } from '../lambdas/engine/lock/run-lock';
import { type LockStore, lockInRunStore } from '../lambdas/engine/ports/lock-store';
import type { RunStore } from '../lambdas/engine/ports/run-store';
import { findRegion } from '../lambdas/host/find-region';
import { isRunning } from '../lambdas/host/is-running';
import { S3LockStore } from '../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../lambdas/host/run-store/open-run-store';

/** A run that holds the lock of a folder, and what happened to its entry. */
export interface UnlockedHolder {
  /** Where the lock is. */
  readonly lock: string;
  /** Folder to which the run writes: the requested folder, a parent of it, or a sub-folder. */
  readonly folder?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Absent if the run has another report location, or the lock cannot be read. */
  readonly executionId?: string;
  /** False only if the run has certainly ended. */
  readonly running: boolean;
  readonly removed: boolean;
}

/**
 * Removes the entries of ended runs from the lock of a folder. It checks the lock in the destination, and the lock that runs
 * with `lock: "reports"` keep in the run store.
 *
 * @param location  location of reports: `s3://bucket` or `file:///folder`
 * @param force  remove entries even if their runs may be active
 */
export async function unlock(
  folder: LockedFolder,
  location: string,
  force: boolean,
  requestPayer?: 'requester',
): Promise<UnlockedHolder[]> {
  const { destination, destinationPrefix } = folder;
  const runStore = openRunStore(location);
  const region = await findRegion(destination, undefined, destinationPrefix, requestPayer);
  const stores = [
    new S3LockStore({ destination, region, owner: undefined, requestPayer }),
    lockInRunStore(runStore, destination),
  ];
  const holders: UnlockedHolder[] = [];
  for (const store of stores) holders.push(...(await unlockIn(store, folder, runStore, force)));
  return holders;
}

async function unlockIn(
  store: LockStore,
  { destinationPrefix }: LockedFolder,
  runStore: RunStore,
  force: boolean,
): Promise<UnlockedHolder[]> {
  const { place, lock, holders } = await findLock(destinationPrefix, store);
  if (!lock.holders) return [{ lock: place, running: true, removed: force && (await removeUnreadable(store, lock)) }];
  const outcomes: UnlockedHolder[] = [];
  for (const holder of holders) {
    const { id, folder, startedAt } = holder;
    const record = await findRecord(id, runStore);
    const known = { lock: place, folder, startedAt, ...(record && { executionId: record.executionId }) };
    const running = await mayRun(holder, lock, record, force);
    const removed = (force || !running) && (await leave(id, store));
    if (removed) await removeRecord(id, runStore);
    outcomes.push({ ...known, running, removed });
  }
  return outcomes;
}

function removeUnreadable(store: LockStore, { version }: Lock): Promise<boolean> {
  return version === undefined ? Promise.resolve(false) : store.remove(version);
}

/** With `force`, permission to ask Step Functions is not required. */
async function mayRun(holder: Holder, lock: Lock, record: LockRecord | undefined, force: boolean): Promise<boolean> {
  const { ended, doubt } = await proveEnd(holder, lock, record, { isRunning });
  if (doubt !== undefined && !force) throw doubt;
  return !ended;
}
