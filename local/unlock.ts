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
import { openRunStore } from '../lambdas/host/run-store/run-store';

/** A run that holds the lock of a folder, and what became of its entry. */
export interface UnlockedHolder {
  /** Where the lock is. */
  readonly lock: string;
  /** Folder that the run writes to: the one that was asked for, one that holds it, or one in it. */
  readonly folder?: string;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** Absent if the run keeps its reports elsewhere, or the lock cannot be read. */
  readonly executionId?: string;
  /** false only if it is certain that the run has ended. */
  readonly running: boolean;
  readonly removed: boolean;
}

/**
 * Removes the entries of those runs from the lock of a folder that have ended. Looks at the lock in the destination, and at
 * the one that runs with `lock: "reports"` keep in the run store.
 *
 * @param location  where reports are kept: `s3://bucket` or `file:///folder`
 * @param force  remove entries also if their runs may go on
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

/** Who forces it need not be allowed to ask. */
async function mayRun(holder: Holder, lock: Lock, record: LockRecord | undefined, force: boolean): Promise<boolean> {
  const { ended, doubt } = await proveEnd(holder, lock, record, { isRunning });
  if (doubt !== undefined && !force) throw doubt;
  return !ended;
}
