import type { LockStore } from '../ports/lock-store';
import type { RunStore } from '../ports/run-store';
import { changeLock } from './change-lock';
import { type Hold, type Lock, overlap } from './lock-document';
import { type LockedFolder, unreadable } from './lock-messages';

/**
 * Holds a folder: no run writes to it, to a folder that contains it, or to a folder in it, until it is released. Runs at work go on.
 *
 * @returns the hold; if the folder is held already, the hold that is there
 * @throws AlreadyRunningError  the lock cannot be read
 * @throws LockUnsupportedError
 */
export async function putHold(hold: Hold, folder: LockedFolder, store: LockStore, runStore: RunStore): Promise<Hold> {
  let kept = hold;
  const body = await changeLock(store, ({ holders, holds }) => {
    if (!holders) throw unreadable(folder, store.place, runStore);
    const former = holds.find((other) => other.id === hold.id || other.folder === hold.folder);
    kept = former ?? hold;
    return former ? undefined : { kept: holders, holds: [...holds, hold] };
  });
  if (body !== undefined) await store.requireConditions(body);
  return kept;
}

/**
 * Lets runs write to a folder again.
 *
 * @returns the holds that were there, of this very folder
 * @throws AlreadyRunningError  the lock cannot be read, so nobody knows whether the folder is held
 */
export async function removeHold(folder: LockedFolder, store: LockStore, runStore: RunStore): Promise<readonly Hold[]> {
  let removed: readonly Hold[] = [];
  await changeLock(store, ({ holders, holds }) => {
    if (!holders) throw unreadable(folder, store.place, runStore);
    const found = holds.filter((hold) => hold.folder === folder.destinationPrefix);
    if (found.length === 0) return undefined;
    removed = found;
    return { kept: holders, holds: holds.filter((hold) => !found.includes(hold)) };
  });
  return removed;
}

/** The holds that keep runs from a folder. */
export function holdsOf(folder: string, { holds }: Lock): readonly Hold[] {
  return holds.filter((hold) => overlap(hold.folder, folder));
}
