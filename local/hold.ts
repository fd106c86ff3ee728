import { randomUUID } from 'node:crypto';
import { holdsOf, putHold, removeHold } from '../lambdas/engine/lock/hold';
import { findHoldRecord, removeHoldRecord, writeHoldRecord } from '../lambdas/engine/lock/hold-record';
import { type Hold, readLock } from '../lambdas/engine/lock/lock-document';
import type { LockedFolder } from '../lambdas/engine/lock/lock-messages';
import { type LockStore, lockInRunStore } from '../lambdas/engine/ports/lock-store';
import type { RunStore } from '../lambdas/engine/ports/run-store';
import { findRegion } from '../lambdas/host/find-region';
import { S3LockStore } from '../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../lambdas/host/run-store/open-run-store';

/** A folder to which no run writes. */
export interface HeldFolder {
  /** Where the lock is. */
  readonly lock: string;
  readonly folder: string;
  /** ISO 8601. */
  readonly since: string;
  /** Absent if it was held with another report location. */
  readonly reason?: string;
}

/** What a command about holds works on. */
export interface HoldTarget extends LockedFolder {
  /** Location of reports: `s3://bucket` or `file:///folder`. */
  readonly location: string;
  /** Where runs to the folder keep their lock. */
  readonly lock: 'destination' | 'reports';
  readonly requestPayer?: 'requester' | undefined;
}

/**
 * Holds a folder, with a reason that the runs show. If it is held already, the reason is replaced.
 *
 * @throws AlreadyRunningError | LockUnsupportedError | AccessDeniedError | BucketNotFoundError
 */
export async function holdFolder(target: HoldTarget, reason: string, now = new Date()): Promise<HeldFolder> {
  const { store, runStore } = await openStores(target);
  const hold = { id: randomUUID(), folder: target.destinationPrefix, since: now.toISOString() };
  // a run that meets the hold looks for the reason at once
  await writeHoldRecord(hold.id, { reason }, runStore);
  const kept = await putHold(hold, target, store, runStore);
  if (kept.id !== hold.id) {
    await writeHoldRecord(kept.id, { reason }, runStore);
    await removeHoldRecord(hold.id, runStore);
  }
  return describe(kept, store, runStore);
}

/** @returns the hold of this very folder that was removed, and the holds that still keep runs from it */
export async function releaseFolder(
  target: HoldTarget,
): Promise<{ readonly released: readonly HeldFolder[]; readonly left: readonly HeldFolder[] }> {
  const { store, runStore } = await openStores(target);
  const removed = await removeHold(target, store, runStore);
  const left = holdsOf(target.destinationPrefix, await readLock(store));
  const describeAll = (holds: readonly Hold[]) => Promise.all(holds.map((hold) => describe(hold, store, runStore)));
  const result = { released: await describeAll(removed), left: await describeAll(left) };
  await Promise.all(removed.map(({ id }) => removeHoldRecord(id, runStore)));
  return result;
}

async function openStores(target: HoldTarget): Promise<{ readonly store: LockStore; readonly runStore: RunStore }> {
  const { destination, destinationPrefix, location, lock, requestPayer } = target;
  const runStore = openRunStore(location);
  if (lock === 'reports') return { store: lockInRunStore(runStore, destination), runStore };
  const region = await findRegion(destination, undefined, destinationPrefix, requestPayer);
  return { store: new S3LockStore({ destination, region, owner: undefined, requestPayer }), runStore };
}

async function describe({ id, folder, since }: Hold, { place }: LockStore, runStore: RunStore): Promise<HeldFolder> {
  const record = await findHoldRecord(id, runStore);
  return { lock: place, folder, since, ...record };
}
