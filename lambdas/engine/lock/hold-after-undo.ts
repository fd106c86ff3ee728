import { randomUUID } from 'node:crypto';
import type { Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { putHold } from './hold';
import { removeHoldRecord, writeHoldRecord } from './hold-record';
import { lockStoreOf } from './run-lock';

/**
 * Holds the folder in which a run was undone: the next run from the same source would publish the same fault again.
 *
 * @returns since when it is held, in ISO 8601; undefined if the run uses no lock
 */
export async function holdAfterUndo(run: Run, undo: string, host: Host): Promise<string | undefined> {
  const store = lockStoreOf(run, host);
  if (!store) return undefined;
  const { input } = run;
  const hold = { id: randomUUID(), folder: input.destinationPrefix, since: new Date(host.now()).toISOString() };
  const record = { reason: `undo of ${undo}` };
  await writeHoldRecord(hold.id, record, host.runStore);
  const kept = await putHold(hold, input, store, host.runStore);
  // somebody has held it before, for another reason
  if (kept.id !== hold.id) await removeHoldRecord(hold.id, host.runStore);
  return kept.since;
}
