import type { LockStore } from '../ports/lock-store';
import type { RunStore } from '../ports/run-store';
import { formatLock, type Hold, type Lock, overlap, readLock } from './lock-document';
import { type LockedFolder, unreadable } from './lock-messages';

/** Other runs may change the lock between two requests. After so many tries, something else is wrong. */
const TRIES = 20;

/**
 * Holds a folder: no run writes to it, to a folder that contains it, or to a folder in it, until it is released. Runs at work go on.
 *
 * @returns the hold; if the folder is held already, the hold that is there
 * @throws AlreadyRunningError  the lock cannot be read
 * @throws LockUnsupportedError
 */
export async function putHold(hold: Hold, folder: LockedFolder, store: LockStore, runStore: RunStore): Promise<Hold> {
  for (let tries = TRIES; tries > 0; tries--) {
    const lock = await readLock(store);
    if (!lock.holders) throw unreadable(folder, store.place, runStore);
    const former = lock.holds.find((other) => other.id === hold.id || other.folder === hold.folder);
    if (former) return former;
    const body = formatLock(lock, lock.holders, { holds: [...lock.holds, hold] });
    if (!(await store.write(body, lock.version))) continue;
    await store.requireConditions(body);
    return hold;
  }
  throw contestedHold(store);
}

/** Lets runs write to a folder again. @returns the holds that were there, of this very folder */
export async function removeHold(folder: string, store: LockStore): Promise<readonly Hold[]> {
  for (let tries = TRIES; tries > 0; tries--) {
    const lock = await readLock(store);
    const removed = lock.holds.filter((hold) => hold.folder === folder);
    if (removed.length === 0 || lock.version === undefined || (await writeWithout(removed, lock, store)))
      return removed;
  }
  throw contestedHold(store);
}

function writeWithout(removed: readonly Hold[], lock: Lock, store: LockStore): Promise<boolean> {
  const { version = '', holders = [] } = lock;
  const holds = lock.holds.filter((hold) => !removed.includes(hold));
  if (holders.length + holds.length === 0) return store.remove(version);
  return store.write(formatLock(lock, holders, { holds }), version);
}

/** The holds that keep runs from a folder. */
export function holdsOf(folder: string, { holds }: Lock): readonly Hold[] {
  return holds.filter((hold) => overlap(hold.folder, folder));
}

function contestedHold({ place }: LockStore): Error {
  return new Error(`Could not change the lock ${place}: other runs keep changing it. Try again in a minute`);
}
