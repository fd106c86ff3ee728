import { randomUUID } from 'node:crypto';
import type { Run } from '../../../statemachine/contract';
import { BucketsyncError, InterruptedError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';
import { type LockStore, lockInRunStore } from '../ports/lock-store';
import { untilStopped, within } from '../run/until-stopped';
import { formatLock, type Holder, type Lock, NO_LOCK, overlap, readLock } from './lock-document';
import { LockJudge } from './lock-judge';
import { contested } from './lock-messages';
import { FORMER_RUN_MS, LEASE_MS } from './lock-proof';
import { type LockRecord, removeRecord, writeRecord } from './lock-record';

/** Others may take or release the lock between two requests; past this many tries, something else is wrong with it. */
const TRIES = 20;

/** So long a run that was stopped tries to give its lock back. Of one that is left, the record proves the end. */
export const GIVE_BACK_MS = 5_000;

/** Of a run that was stopped before it had its lock. */
export const NOT_BEGUN = 'The run was stopped before it began; nothing was written';

/** A run, as far as its lock is concerned. */
export type LockingRun = Pick<Run, 'executionId' | 'startedAt' | 'input' | 'destinationRegion'> &
  Partial<Pick<Run, 'settings'>>;

/**
 * @param signal  ends requests about it that are under way
 * @returns where the lock of a run's destination is; undefined where the run is to have none
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
 * Takes the lock of a run's destination folder: one run at a time may write there, or to a folder that holds it or is in
 * it. The entries of runs that have ended for certain are taken over, once their functions have had time to notice; to take one's own
 * again is fine, since a Task may be retried. A run that is stopped meanwhile gives back what it may have by then.
 *
 * @returns the id of the run's entry; undefined where the run is to have no lock
 * @throws AlreadyRunningError | LockUnsupportedError | InterruptedError
 */
export async function takeLock(run: LockingRun, host: Host): Promise<string | undefined> {
  const store = lockStoreOf(run, host, host.signal);
  if (!store) return undefined;
  const { executionId, startedAt, input } = run;
  const { destination, destinationPrefix } = input;
  const isLocal = !executionId.startsWith('arn:');
  const entry = { id: randomUUID(), folder: destinationPrefix, startedAt, ...(isLocal && { leaseMs: LEASE_MS }) };
  const identity = isLocal ? await host.identifyProcess() : undefined;
  const record = { executionId, startedAt, destination, destinationPrefix, ...(identity && { process: identity }) };
  const taking = new Taking(run, entry, store, host);
  try {
    return await untilStopped(() => taking.take(record), host, { message: NOT_BEGUN });
  } catch (error) {
    if (error instanceof InterruptedError) await taking.giveUp();
    // Of a write whose every answer was lost nobody knows whether it was done: then the record is what proves the run's end.
    else if (error instanceof BucketsyncError) await removeRecord(entry.id, host.runStore);
    throw error;
  }
}

class Taking {
  readonly #judge: LockJudge;
  #isRecorded = false;
  /** The lock may have this run's entry, be it that the answer did not come. */
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

  /** @returns the id of this run's entry, which may be one that an earlier attempt has made */
  async take(record: LockRecord): Promise<string> {
    const { runStore } = this.host;
    await writeRecord(this.entry.id, record, runStore);
    this.#isRecorded = true;
    const { id, takenOver } = await this.#take();
    if (id !== this.entry.id) await removeRecord(this.entry.id, runStore);
    if (takenOver) await this.host.wait(FORMER_RUN_MS);
    return id;
  }

  async #take(): Promise<Holder> {
    let lock = NO_LOCK; // as it almost always is
    for (let tries = TRIES; ; tries--) {
      const own = lock.holders?.find(({ id }) => id === this.entry.id); // the answer was lost
      if (own) return own;
      const { others, takenOver, former } = await this.#judge.judge(lock);
      if (former) return former;
      if (tries <= 0) throw contested(this.store.place, TRIES);
      const entry = { ...this.entry, ...(takenOver && { takenOver }) };
      const body = formatLock(lock, others, entry);
      if (await this.#write(body, lock.version, takenOver)) {
        await this.#requireConditions(body);
        return entry;
      }
      lock = await readLock(this.store);
    }
  }

  async #write(body: string, over: string | undefined, takenOver: boolean): Promise<boolean> {
    if (this.host.signal.aborted) throw new InterruptedError(NOT_BEGUN);
    [this.#isWritten, this.#takenOver] = [true, takenOver];
    return this.store.write(body, over);
  }

  /**
   * Gives back what the run may have when it is stopped. If it has taken a lock over, functions of the former run may be
   * at work for some seconds more: then the entry stays, and says that it is over.
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
      await leave(this.entry.id, this.store).catch(() => {});
      throw error;
    }
  }
}

/**
 * Gives the lock back, if the run still has it; whoever takes it over at this very moment keeps it. Of a run that somebody stopped
 * it tries so for some seconds: if that fails, the record is left, which proves that the run has ended.
 *
 * @param brokeOff  functions of an execution in AWS may be at work yet: then the lock is kept until they have noticed
 */
export async function releaseLock(run: Run, host: Host, brokeOff: boolean): Promise<void> {
  const { lockId, executionId } = run;
  const store = lockStoreOf(run, host);
  if (!store || lockId === undefined) return;
  const giveBack = async () => {
    if (brokeOff && executionId.startsWith('arn:') && (await sayEnded(lockId, store))) await host.wait(FORMER_RUN_MS);
    await leave(lockId, store);
    await removeRecord(lockId, host.runStore);
  };
  // Whoever presses Ctrl-C has no patience with a server that does not answer.
  await (host.signal.aborted ? within(GIVE_BACK_MS, host, giveBack).catch(() => {}) : giveBack());
}

/** Does what a run does between its lock and its first phase. If it fails, no `FinishRun` knows of the lock, so it is given back here. */
export async function orGiveBack(run: Run, host: Host, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await releaseLock(run, host, false).catch(() => {});
    throw error;
  }
}

/** Writes a local run's entry again, so that its lease begins anew. @returns whether it still has one */
export function renewLock(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, ({ writtenAt: _, ...holder }) => holder);
}

/** Removes an entry. @returns whether it was there */
export function leave(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, () => undefined);
}

function sayEnded(id: string, store: LockStore): Promise<boolean> {
  return change(id, store, ({ writtenAt: _, ...holder }) => ({ ...holder, ended: true }));
}

/** Changes or removes one entry, whatever others do to theirs meanwhile. @returns whether it was there */
async function change(id: string, store: LockStore, edit: (holder: Holder) => Holder | undefined): Promise<boolean> {
  for (let tries = TRIES; tries > 0; tries--) {
    const lock = await readLock(store);
    const own = lock.holders?.find((holder) => holder.id === id);
    if (!own || lock.version === undefined) return tries < TRIES; // a try whose answer was lost
    const others = lock.holders?.filter((holder) => holder.id !== id) ?? [];
    const edited = edit(own);
    const isLast = others.length === 0 && !edited;
    const done = isLast
      ? await store.remove(lock.version)
      : await store.write(formatLock(lock, others, edited), lock.version);
    if (done) return true;
  }
  throw new Error(`Could not change the lock ${store.place}: others change it all the time`);
}

/** A lock that somebody looks at. */
export interface FoundLock {
  readonly place: string;
  readonly lock: Lock;
  /** Those who write to the folder, to one that holds it or to one in it. */
  readonly holders: readonly Holder[];
}

/** Finds who holds the lock of a folder, for those who come to see why nothing runs there. */
export async function findLock(folder: string, store: LockStore): Promise<FoundLock> {
  const lock = await readLock(store);
  return { place: store.place, lock, holders: (lock.holders ?? []).filter((holder) => overlap(holder.folder, folder)) };
}
