import { LOCKS_FOLDER } from '../ports/lock-store';
import type { ProcessIdentity } from '../ports/process-identity';
import type { RunStore } from '../ports/run-store';

/** Who is behind the id of a holder: kept in the run store, since the destination may be public. */
export interface LockRecord {
  /** ARN of the execution, or the local runner's equivalent. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly destination: string;
  readonly destinationPrefix: string;
  /** Of the local runner, on systems that tell. */
  readonly process?: ProcessIdentity;
}

export async function writeRecord(id: string, record: LockRecord, runStore: RunStore): Promise<void> {
  await runStore.put(nameOf(id), JSON.stringify(record));
}

/** @returns undefined where the run has another run store, or its record cannot be read */
export async function findRecord(id: string, runStore: RunStore): Promise<LockRecord | undefined> {
  const found = await runStore.get(nameOf(id));
  try {
    const record = JSON.parse(found?.body.toString('utf8') ?? '') as Partial<LockRecord> | null;
    return record?.executionId ? (record as LockRecord) : undefined;
  } catch {
    return undefined;
  }
}

/** One that is left behind does no harm. */
export async function removeRecord(id: string, runStore: RunStore): Promise<void> {
  await runStore.delete(nameOf(id)).catch(() => {});
}

function nameOf(id: string): string {
  return `${LOCKS_FOLDER}runs/${id}.json`;
}
