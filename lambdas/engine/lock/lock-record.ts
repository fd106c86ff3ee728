import { LOCKS_FOLDER } from '../ports/lock-store';
import type { ProcessIdentity } from '../ports/process-identity';
import type { RunStore } from '../ports/run-store';

/** Who is behind the id of a holder. It is kept in the run store, because the destination may be public. */
export interface LockRecord {
  /** ARN of the execution, or the local runner's equivalent. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly destination: string;
  readonly destinationPrefix: string;
  /** The process of a local run, if the system tells it. */
  readonly process?: ProcessIdentity;
}

export async function writeRecord(id: string, record: LockRecord, runStore: RunStore): Promise<void> {
  await runStore.put(nameOf(id), JSON.stringify(record));
}

/** @returns undefined if the run has another run store, or the record cannot be read */
export async function findRecord(id: string, runStore: RunStore): Promise<LockRecord | undefined> {
  const found = await runStore.get(nameOf(id));
  try {
    const record = JSON.parse(found?.body.toString('utf8') ?? '') as Partial<LockRecord> | null;
    return record?.executionId ? (record as LockRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a record. If that fails, the record that is left does no harm. */
export async function removeRecord(id: string, runStore: RunStore): Promise<void> {
  await runStore.delete(nameOf(id)).catch(() => {});
}

function nameOf(id: string): string {
  return `${LOCKS_FOLDER}runs/${id}.json`;
}
