import { LockUnsupportedError } from '../../../statemachine/errors';
import type { RunStore } from './run-store';

/** Where the lock of a destination is kept. The lock is one small document, and is written only under conditions. */
export interface LockStore {
  /** Names the lock for people. */
  readonly place: string;
  /** @returns undefined if there is no lock */
  read(): Promise<StoredLock | undefined>;
  /**
   * @param over  the version to replace; undefined: write only if there is no lock
   * @returns false if somebody else has changed the lock meanwhile
   */
  write(body: string, over: string | undefined): Promise<boolean>;
  /** Removes `version`, or its entries. @returns false if somebody else has changed the lock meanwhile */
  remove(version: string): Promise<boolean>;
  /** Removes the lock under no condition: for a server that has none, where no other run can have an entry. */
  discard(): Promise<void>;
  /**
   * Makes sure that the store obeys the conditions of writes.
   *
   * @param body  the document that was just written
   * @throws LockUnsupportedError
   */
  requireConditions(body: string): Promise<void>;
}

export interface StoredLock {
  readonly body: string;
  readonly version: string;
  /** When this version was written, in milliseconds since 1970 by the store's own clock. */
  readonly writtenAt?: number;
  /** When this version was read, by the same clock; absent if the store does not say. */
  readonly now?: number;
}

/** The bucket that a run writes to, with all that writing the lock requires. */
export interface LockPlace {
  readonly destination: string;
  readonly region: string;
  readonly owner: string | undefined;
  readonly requestPayer?: 'requester';
  /** Whether the bucket's owner gets control of the lock object, as of copied objects. */
  readonly acls?: boolean;
  readonly sse?: string;
  readonly sseKmsKeyId?: string;
}

/** A document without holders. */
export const NO_HOLDERS = '{"holders":[]}\n';

/** The folder of the run store for locks and their records. */
export const LOCKS_FOLDER = 'locks/';

/** A lock in the run store. Only runs with the same run store see it. */
export function lockInRunStore(runStore: RunStore, destination: string): LockStore {
  const name = `${LOCKS_FOLDER}buckets/${destination}.json`;
  return {
    place: runStore.locate(name),
    async read() {
      const found = await runStore.get(name);
      return found && { ...found, body: found.body.toString('utf8') };
    },
    write: (body, over) => runStore.replace(name, body, over),
    async remove(version) {
      const removed = await runStore.deleteVersion(name, version);
      return removed === 'unsafe' ? runStore.replace(name, NO_HOLDERS, version) : removed;
    },
    discard: () => runStore.delete(name),
    async requireConditions(body) {
      if ((await runStore.heedsConditions?.(name, body)) === false) throw heedsNone(runStore.locate(''));
    },
  };
}

/**
 * The error of a lock in a run store whose server has no conditional writes.
 *
 * @param place  of the run store
 * @param refusal  the server's answer; absent: it ignores conditions
 */
export function heedsNone(place: string, refusal?: Error): LockUnsupportedError {
  const does = refusal ? 'refuses' : 'ignores';
  return new LockUnsupportedError(
    `The S3 of ${place} ${does} the conditions of writes (If-None-Match, If-Match), so it cannot keep a lock, and two runs that write ` +
      `at the same time would not notice each other${refusal ? ` (${refusal.message})` : ''}. Keep reports and locks elsewhere ` +
      '(--report-location), or make sure that no other run writes to the destination, and add --no-lock (`lock: "none"`)',
    { cause: refusal },
  );
}
