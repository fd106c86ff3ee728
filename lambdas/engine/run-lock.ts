import { randomUUID } from 'node:crypto';
import type { Run } from '../../statemachine/contract';
import { BucketsyncError } from '../../statemachine/errors';
import type { Host } from './host';
import { formatLock, type Holder, type Lock, NO_LOCK, overlap, readLock } from './lock-document';
import { LockJudge } from './lock-judge';
import { contested } from './lock-messages';
import { FORMER_RUN_MS, LEASE_MS } from './lock-proof';
import { removeRecord, writeRecord } from './lock-record';
import { type LockStore, lockInRunStore } from './lock-store';

/** Others may take or release the lock between two requests; past this many tries, something else is wrong with it. */
const TRIES = 20;

/** A run, as far as its lock is concerned. */
export type LockingRun = Pick<Run, 'executionId' | 'startedAt' | 'input' | 'destinationRegion'>;

/** @returns where the lock of a run's destination is; undefined where the run is to have none */
export function lockStoreOf({ input, destinationRegion }: LockingRun, host: Host): LockStore | undefined {
  if (input.lock === 'none') return undefined;
  if (input.lock === 'reports') return lockInRunStore(host.runStore, input.destination);
  return host.openLock({ ...input, region: destinationRegion, owner: input.destinationOwner });
}

/**
 * Takes the lock of a run's destination folder: one run at a time may write there, or to a folder that holds it or is in
 * it. The entries of runs that have ended for certain are taken over, once their functions have had time to notice; to take one's own
 * again is fine, since a Task may be retried.
 *
 * @returns the id of the run's entry; undefined where the run is to have no lock
 * @throws AlreadyRunningError | LockUnsupportedError
 */
export async function takeLock(run: LockingRun, host: Host): Promise<string | undefined> {
  const store = lockStoreOf(run, host);
  if (!store) return undefined;
  const { executionId, startedAt, input } = run;
  const { destination, destinationPrefix } = input;
  const isLocal = !executionId.startsWith('arn:');
  const entry = { id: randomUUID(), folder: destinationPrefix, startedAt, ...(isLocal && { leaseMs: LEASE_MS }) };
  const identity = isLocal ? await host.identifyProcess() : undefined;
  const record = { executionId, startedAt, destination, destinationPrefix, ...(identity && { process: identity }) };
  await writeRecord(entry.id, record, host.runStore);
  const taken = await new Taking(run, entry, store, host).take().catch(async (error: unknown) => {
    // Of a write whose every answer was lost nobody knows whether it was done: then the record is what proves the run's end.
    if (error instanceof BucketsyncError) await removeRecord(entry.id, host.runStore);
    throw error;
  });
  if (taken.id !== entry.id) await removeRecord(entry.id, host.runStore);
  if (taken.takenOver) await host.wait(FORMER_RUN_MS);
  return taken.id;
}

class Taking {
  readonly #judge: LockJudge;

  constructor(
    run: LockingRun,
    private readonly entry: Holder,
    private readonly store: LockStore,
    host: Host,
  ) {
    this.#judge = new LockJudge(run, store.place, host);
  }

  /** @returns this run's entry, which may be one that an earlier attempt has made */
  async take(): Promise<Holder> {
    let lock = NO_LOCK; // as it almost always is
    for (let tries = TRIES; ; tries--) {
      const own = lock.holders?.find(({ id }) => id === this.entry.id); // the answer was lost
      if (own) return own;
      const { others, takenOver, former } = await this.#judge.judge(lock);
      if (former) return former;
      if (tries <= 0) throw contested(this.store.place, TRIES);
      const entry = { ...this.entry, ...(takenOver && { takenOver }) };
      const body = formatLock(lock, others, entry);
      if (await this.store.write(body, lock.version)) {
        await this.#requireConditions(body);
        return entry;
      }
      lock = await readLock(this.store);
    }
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
 * Gives the lock back, if the run still has it; whoever takes it over at this very moment keeps it.
 *
 * @param brokeOff  functions of an execution in AWS may be at work yet: then the lock is kept until they have noticed
 */
export async function releaseLock(run: Run, host: Host, brokeOff: boolean): Promise<void> {
  const { lockId, executionId } = run;
  const store = lockStoreOf(run, host);
  if (!store || lockId === undefined) return;
  if (brokeOff && executionId.startsWith('arn:') && (await sayEnded(lockId, store))) await host.wait(FORMER_RUN_MS);
  await leave(lockId, store);
  await removeRecord(lockId, host.runStore);
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
