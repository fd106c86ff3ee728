import type { RunStore } from '../ports/run-store';
import { recordsIn } from './records';

/** Why a folder is held. */
export interface HoldRecord {
  readonly reason: string;
}

const records = recordsIn<HoldRecord>('holds', ({ reason }) => (typeof reason === 'string' ? { reason } : undefined));

export const { write: writeHoldRecord, remove: removeHoldRecord } = records;

/** @returns undefined if the hold was put with another run store, or its record cannot be read: a hold counts without its reason */
export function findHoldRecord(id: string, runStore: RunStore): Promise<HoldRecord | undefined> {
  return records.find(id, runStore).catch(() => undefined);
}
