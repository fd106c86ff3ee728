import type { LockStore } from '../ports/lock-store';
import { formatLock, type Hold, type Holder, type Lock, readLock } from './lock-document';

/** Other runs may change the lock between two requests. After this many tries, something else is wrong. */
const TRIES = 20;

/** What the lock shall contain. */
export interface LockChange {
  /** Entries that stay as they are. */
  readonly kept: readonly Holder[];
  /** An entry that is written anew. */
  readonly own?: Holder | undefined;
  /** Not set: the holds stay as they are. */
  readonly holds?: readonly Hold[];
}

/** @returns undefined: nothing is to be changed */
type Edit = (lock: Lock) => LockChange | undefined | Promise<LockChange | undefined>;

interface ChangeOptions {
  /** What the lock very likely contains. The first try does not read it: if this is wrong, its write fails. */
  readonly expected?: Lock;
  /** The error if each write failed because somebody else had changed the lock. */
  contested?(place: string, tries: number): Error;
}

/**
 * Reads the lock and writes it with a change, again until nobody else has changed it in between. If nothing is left in it, the lock
 * is removed.
 *
 * @param edit  called for each try. If the answer to the write before was lost, the lock has the change already
 * @returns the document that was written; undefined if there is nothing to change, or the lock was removed
 */
export async function changeLock(
  store: LockStore,
  edit: Edit,
  { expected, contested = keepsChanging }: ChangeOptions = {},
): Promise<string | undefined> {
  let lock = expected ?? (await readLock(store));
  for (let tries = TRIES; ; tries--) {
    const change = await edit(lock);
    if (!change) return undefined;
    if (tries === 0) throw contested(store.place, TRIES);
    const { kept, own, holds = lock.holds } = change;
    const isEmpty = kept.length + holds.length === 0 && !own;
    const body = isEmpty ? undefined : formatLock(lock, kept, { own, holds });
    if (await put(body, lock.version, store)) return body;
    lock = await readLock(store);
  }
}

function keepsChanging(place: string): Error {
  return new Error(`Could not change the lock ${place}: other runs keep changing it. Try again in a minute`);
}

async function put(body: string | undefined, version: string | undefined, store: LockStore): Promise<boolean> {
  if (body !== undefined) return store.write(body, version);
  return version === undefined || store.remove(version);
}
