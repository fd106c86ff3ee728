import type { RunStore } from './run-store';

/** Where the lock of a destination is kept: one small document, written only under conditions. */
export interface LockStore {
  /** For people. */
  readonly place: string;
  /** undefined where there is none */
  read(): Promise<StoredLock | undefined>;
  /**
   * @param over  the version to replace; undefined: only where there is none
   * @returns false where something else is there by now
   */
  write(body: string, over: string | undefined): Promise<boolean>;
  /** Removes `version`, or what it says. @returns false where something else is there by now */
  remove(version: string): Promise<boolean>;
  /**
   * Makes sure that the store heeds the conditions of writes.
   *
   * @param body  what was just written
   * @throws LockUnsupportedError
   */
  requireConditions(body: string): Promise<void>;
}

export interface StoredLock {
  readonly body: string;
  readonly version: string;
  /** Milliseconds since 1970, as all times by the store's own clock: when this version was written. */
  readonly writtenAt?: number;
  /** What time it was when this version was read; absent where the store does not say. */
  readonly now?: number;
}

/** A bucket that a run writes to, as far as its lock is concerned. */
export interface LockPlace {
  readonly destination: string;
  readonly region: string;
  readonly owner: string | undefined;
  readonly requestPayer?: 'requester';
  /** Whether the bucket's owner gets control of the lock, as of what is copied. */
  readonly acls?: boolean;
  readonly sse?: string;
  readonly sseKmsKeyId?: string;
}

/** What a document without holders looks like. */
export const NO_HOLDERS = '{"holders":[]}\n';

/** The folder of all that the run store keeps about locks. */
export const LOCKS_FOLDER = 'locks/';

/** A lock in the run store: only runs with the same run store see it. */
export function lockInRunStore(runStore: RunStore, destination: string): LockStore {
  const name = `${LOCKS_FOLDER}buckets/${destination}.json`;
  return {
    place: runStore.locate(name),
    async read() {
      const found = await runStore.get(name);
      return found && { ...found, body: found.body.toString('utf8') };
    },
    write: (body, over) => (over === undefined ? runStore.putIfAbsent(name, body) : runStore.replace(name, body, over)),
    remove: (version) => runStore.deleteVersion(name, version),
    async requireConditions() {},
  };
}
