import { LOCKS_FOLDER } from '../ports/lock-store';
import type { RunStore } from '../ports/run-store';

/** Why a folder is held. It is kept in the run store, because the destination may be public. */
export interface HoldRecord {
  readonly reason: string;
}

export async function writeHoldRecord(id: string, record: HoldRecord, runStore: RunStore): Promise<void> {
  await runStore.put(nameOf(id), JSON.stringify(record));
}

/** @returns undefined if the hold was put with another run store, or its record cannot be read */
export async function findHoldRecord(id: string, runStore: RunStore): Promise<HoldRecord | undefined> {
  try {
    const found = await runStore.get(nameOf(id));
    const record = JSON.parse(found?.body.toString('utf8') ?? '') as Partial<HoldRecord> | null;
    return typeof record?.reason === 'string' ? { reason: record.reason } : undefined;
  } catch {
    return undefined;
  }
}

/** If that fails, the record that is left does no harm. */
export async function removeHoldRecord(id: string, runStore: RunStore): Promise<void> {
  await runStore.delete(nameOf(id)).catch(() => {});
}

function nameOf(id: string): string {
  return `${LOCKS_FOLDER}holds/${id}.json`;
}
