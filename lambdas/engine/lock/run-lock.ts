import { randomUUID } from 'node:crypto';
import type { Run } from '../../../statemachine/contract';
import { BucketsyncError, InterruptedError, LockUnsupportedError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import type { Host } from '../ports/host';
import { type LockStore, lockInRunStore } from '../ports/lock-store';
import { untilStopped, within } from '../run/until-stopped';
import { changeLock, type LockChange } from './change-lock';
import { type Holder, type Lock, NO_LOCK, overlap, readLock } from './lock-document';
import { type LockingRun, LockJudge } from './lock-judge';
import { contested } from './lock-messages';
import { FORMER_RUN_MS, LEASE_MS } from './lock-proof';
import { type LockRecord, removeRecord, writeRecord } from './lock-record';

/** How long a stopped run tries to give its lock back. If it fails, the record proves later that the run has ended. */
export const GIVE_BACK_MS = 5_000;

/** The message of a run that was stopped before it had its lock. */
export const NOT_BEGUN = 'The run was stopped before it began; nothing was written';

/**
 * @param signal  ends open requests about the lock
 * @returns where the lock of a run's destination is; undefined if the run uses no lock
 */
export function lockStoreOf(
  { input, destinationRegion, settings }: LockingRun,
  host: Host,
  signal?: AbortSignal,
): LockStore | undefined {
  if (input.lock === 'none') return undefined;
  if (input.lock === 'reports') return lockInRunStore(host.runStore, input.destination);
  return host.openLock(
    { ...input, region: destinationRegion, owner: input.destinationOwner, acls: settings?.acls },
    signal,
  );
}

/**
 * Takes the lock of a run's destination folder. Only one run at a time may write to this folder, to a folder that contains it, or
 * to a folder in it. If the run behind an entry has certainly ended, its entry is taken over, and its functions get time to
 * notice. A Task may be retried, so a run may take its own lock again. A run that is stopped meanwhile gives the lock back.
 *
 * @returns the id of the run's entry; undefined if the run uses no lock
 * @throws AlreadyRunningError | HeldError | LockUnsupportedError | InterruptedError
 */
export async function takeLock(run: LockingRun, host: Host): Promise<string | undefined> {
  const store = lockStoreOf(run, host, host.signal);
  if (!store) return undefined;
  const { executionId, startedAt, input } = run;
  const { destination, destinationPrefix } = input;
  const isLocal = !isExecutionArn(executionId);
  const entry = { id: randomUUID(), folder: destinationPrefix, startedAt, ...(isLocal && { leaseMs: LEASE_MS }) };
  const identity = isLocal ? await host.identifyProcess() : undefined;
  const record = { executionId, startedAt, destination, destinationPrefix, ...(identity && { process: identity }) };
  const taking = new Taking(run, entry, store, host);
  try {
    return await untilStopped(() => taking.take(record), host, { message: NOT_BEGUN });
  } catch (error) {
    if (error instanceof InterruptedError) await taking.giveUp();
    // If all answers to the write were lost (no BucketsyncError), the entry may exist. Keep the record: it proves the run's end.
    else if (error instanceof BucketsyncError) await removeRecord(entry.id, host.runStore);
    throw error;
  }
}

class Taking {
  readonly #judge: LockJudge;
  #isRecorded = false;
  /** The lock may hold this run's entry, even if no answer came. */
  #isWritten = false;
  #takenOver = false;

  constructor(
    private readonly run: LockingRun,
    private readonly entry: Holder,
    private readonly store: LockStore,
    private readonly host: Host,
  ) {
    this.#judge = new LockJudge(run, store.place, host);
  }

  /** @returns the id of this run's entry; an earlier attempt may have made it */
  async take(record: LockRecord): Promise<string> {
    const { runStore } = this.host;
    await writeRecord(this.entry.id, record, runStore);
    this.#isRecorded = true;
    const { id, takenOver } = await this.#take();
    if (id !== this.entry.id) await removeRecord(this.entry.id, runStore);
    if (takenOver) this.host.log?.('warn', 'Took over the lock of a run that has ended', { lockId: id });
    else this.host.log?.('info', 'Took the lock', { lockId: id });
    if (takenOver) await this.host.wait(FORMER_RUN_MS);
    return id;
  }

  async #take(): Promise<Holder> {
    let taken = this.entry;
    const edit = async (lock: Lock): Promise<LockChange | undefined> => {
      const own = lock.holders?.find(({ id }) => id === this.entry.id); // written by a try whose answer was lost
      if (own) {
        taken = own;
        return undefined;
      }
      const { others, takenOver, former } = await this.#judge.judge(lock);
      taken = former ?? { ...this.entry, ...(takenOver && { takenOver }) };
      return former ? undefined : this.#begin({ kept: others, own: taken }, takenOver);
    };
    // almost always there is no lock; to expect that saves a read
    const body = await changeLock(this.store, edit, { expected: NO_LOCK, contested });
    if (body !== undefined) await this.#requireConditions(body);
    return taken;
  }

  /** The change is about to be written. */
  #begin(change: LockChange, takenOver: boolean): LockChange {
    if (this.host.signal.aborted) throw new InterruptedError(NOT_BEGUN);
    [this.#isWritten, this.#takenOver] = [true, takenOver];
    return change;
  }

  /**
   * Gives the lock back when the run is stopped. If the run had taken the lock over, functions of the former run may still be at
   * work for some seconds. Then the entry stays and says that its run has ended.
   */
  async giveUp(): Promise<void> {
    const store = lockStoreOf(this.run, this.host); // without the signal
    if (!store || !this.#isRecorded) return;
    const { id } = this.entry;
    await within(GIVE_BACK_MS, this.host, async () => {
      if (this.#takenOver) await sayEnded(id, store);
      else if (!this.#isWritten || (await leave(id, store))) await removeRecord(id, this.host.runStore);
    }).catch(() => {});
  }

  async #requireConditions(body: string): Promise<void> {
    try {
      await this.store.requireConditions(body);
    } catch (error) {
      const discard = () => (error instanceof LockUnsupportedError ? this.store.discard() : undefined);
      await leave(this.entry.id, this.store)
        .catch(discard)
        .catch(() => {});
      throw error;
    }
  }
}

/**
 * Gives the lock back if the run still has it. A run that takes the lock over at this moment keeps it. If somebody has stopped the
 * run, this tries only for some seconds. If it fails, the record is left and proves that the run has ended.
 *
 * @param brokeOff  functions of an execution in AWS may still be at work: the lock is kept until they have noticed
 */
export async function releaseLock(run: Run, host: Host, brokeOff: boolean): Promise<void> {
  const { lockId, executionId } = run;
  const store = lockStoreOf(run, host);
  if (!store || lockId === undefined) return;
  const giveBack = async () => {
    if (brokeOff && isExecutionArn(executionId) && (await sayEnded(lockId, store))) await host.wait(FORMER_RUN_MS);
    const wasHeld = await leave(lockId, store);
    host.log?.(
      wasHeld ? 'info' : 'warn',
      wasHeld ? 'Gave the lock back' : 'The lock no longer had an entry of this run',
      { lockId },
    );
    await removeRecord(lockId, host.runStore);
  };
  // After Ctrl-C, do not wait long for a server that does not answer.
  await (host.signal.aborted ? within(GIVE_BACK_MS, host, giveBack).catch(() => {}) : giveBack());
}

/** Does the work between the lock and the first phase. If it fails, `FinishRun` does not know of the lock, so it is given back here. */
export async function orGiveBack(run: Run, host: Host, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await releaseLock(run, host, false).catch(() => {});
    throw error;
  }
}

/** Writes a local run's entry again, so that its lease starts again. @returns whether the run still has an entry */
export function renewLock(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, ({ writtenAt: _, ...holder }) => holder);
}

/** Removes an entry. @returns whether the entry was there */
export function leave(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, () => undefined);
}

function sayEnded(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, ({ writtenAt: _, ...holder }) => ({ ...holder, ended: true }));
}

/** Changes or removes one entry, whatever other runs do to their entries meanwhile. @returns whether the entry was there */
async function change(id: string, store: LockStore, edit: (holder: Holder) => Holder | undefined): Promise<boolean> {
  let wasThere = false;
  await changeLock(store, ({ holders = [] }) => {
    const own = holders.find((holder) => holder.id === id);
    if (!own) return undefined;
    wasThere = true;
    return { kept: holders.filter((holder) => holder.id !== id), own: edit(own) };
  });
  return wasThere;
}

/** A lock, for people. */
export interface FoundLock {
  readonly place: string;
  readonly lock: Lock;
  /** Runs that write to the folder, to a folder that contains it, or to a folder in it. */
  readonly holders: readonly Holder[];
}

/** Finds the runs that hold the lock of a folder, for people who want to know why no run starts there. */
export async function findLock(folder: string, store: LockStore): Promise<FoundLock> {
  const lock = await readLock(store);
  return { place: store.place, lock, holders: (lock.holders ?? []).filter((holder) => overlap(holder.folder, folder)) };
}
