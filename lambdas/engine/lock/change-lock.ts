import type { LockStore } from '../ports/lock-store';
import { formatLock, type Hold, type Holder, type Lock, readLock } from './lock-document';

/** Other runs may change the lock between two requests. After this many tries, something else is wrong. */
export const TRIES = 20;

/** What the lock shall contain. */
export interface LockChange {
  /** Entries that stay as they are. */
  readonly kept: readonly Holder[];
  /** An entry that is written anew. */
  readonly own?: Holder | undefined;
  /** Not set: the holds stay as they are. */
  readonly holds?: readonly Hold[];
}

/**
 * Reads the lock and writes it with a change, again until nobody else has changed it in between. If nothing is left in it, the lock
 * is removed.
 *
 * @param edit  called for each try; undefined: nothing is to be changed. If the answer to a write was lost, the lock has the change already
 * @returns the document that was written; undefined if there is nothing to change, or the lock was removed
 */
export async function changeLock(
  store: LockStore,
  edit: (lock: Lock) => LockChange | undefined,
): Promise<string | undefined> {
  for (let tries = TRIES; tries > 0; tries--) {
    const lock = await readLock(store);
    const change = edit(lock);
    if (!change) return undefined;
    const { kept, own, holds = lock.holds } = change;
    const isEmpty = kept.length + holds.length === 0 && !own;
    const body = isEmpty ? undefined : formatLock(lock, kept, { own, holds });
    if (await put(body, lock.version, store)) return body;
  }
  throw new Error(`Could not change the lock ${store.place}: other runs keep changing it. Try again in a minute`);
}

async function put(body: string | undefined, version: string | undefined, store: LockStore): Promise<boolean> {
  if (body !== undefined) return store.write(body, version);
  return version === undefined || store.remove(version);
}
