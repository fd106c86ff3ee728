import { LOCKS_FOLDER } from '../ports/lock-store';
import type { RunStore } from '../ports/run-store';

/** What is behind the random ids in the lock. It is kept in the run store, because the destination may be public. */
export interface Records<T> {
  write(id: string, record: T, runStore: RunStore): Promise<void>;
  /** @returns undefined if the record is in another run store, or is not valid */
  find(id: string, runStore: RunStore): Promise<T | undefined>;
  /** If that fails, the record that is left does no harm. */
  remove(id: string, runStore: RunStore): Promise<void>;
}

/** @param parse  undefined: the document is no record */
export function recordsIn<T>(folder: string, parse: (document: Partial<T>) => T | undefined): Records<T> {
  const nameOf = (id: string) => `${LOCKS_FOLDER}${folder}/${id}.json`;
  return {
    write: (id, record, runStore) => runStore.put(nameOf(id), JSON.stringify(record)),
    async find(id, runStore) {
      const found = await runStore.get(nameOf(id));
      try {
        return parse(JSON.parse(found?.body.toString('utf8') ?? '') ?? {});
      } catch {
        return undefined;
      }
    },
    remove: (id, runStore) => runStore.delete(nameOf(id)).catch(() => {}),
  };
}
