import type { Host } from '../ports/host';
import { type Holder, type Lock, overlap } from './lock-document';
import { alreadyRunning, crowded, unreadable } from './lock-messages';
import { isOverByItself, proveEnd } from './lock-proof';
import { findRecord, type LockRecord } from './lock-record';
import type { LockingRun } from './run-lock';

/**
 * Whose end takes requests to prove, in all tries together. Somebody may have filled the lock with entries, and
 * `ValidateInput` has two minutes.
 */
export const MOST_ASKED = 100;

/** What a run may take over, and what it has to leave as it is. */
export interface Judgement {
  /** Entries of other folders. */
  readonly others: readonly Holder[];
  /** Of the others, functions may be at work for some seconds. */
  readonly takenOver: boolean;
  /** An entry that this very run has made, at an earlier attempt. */
  readonly former?: Holder;
}

/** Judges the entries of a lock for a run that wants to take it. */
export class LockJudge {
  /** By id: a record never changes. */
  readonly #records = new Map<string, LockRecord | undefined>();

  constructor(
    private readonly run: LockingRun,
    private readonly place: string,
    private readonly host: Host,
  ) {}

  /** @throws AlreadyRunningError  an entry is, or may be, that of a run that goes on */
  async judge(lock: Lock): Promise<Judgement> {
    const { input, executionId, startedAt } = this.run;
    const { runStore } = this.host;
    if (!lock.holders) throw unreadable(input, this.place, runStore);
    const isOverlapping = ({ folder }: Holder) => overlap(folder, input.destinationPrefix);
    let takenOver = false;
    for (const holder of lock.holders.filter(isOverlapping)) {
      // what says itself that it is over needs no record, unless it may be this run's own
      const needsRecord = holder.startedAt === startedAt || !isOverByItself(holder, lock);
      const record = needsRecord ? await this.#recordOf(holder) : undefined;
      if (record?.executionId === executionId) return { others: [], takenOver, former: holder };
      const { ended, atWork, doubt } = await proveEnd(holder, lock, record, this.host);
      if (!ended) throw alreadyRunning(input, { holder, record, doubt }, runStore);
      takenOver ||= atWork;
    }
    return { others: lock.holders.filter((holder) => !isOverlapping(holder)), takenOver };
  }

  async #recordOf({ id }: Holder): Promise<LockRecord | undefined> {
    if (this.#records.has(id)) return this.#records.get(id);
    if (this.#records.size >= MOST_ASKED) throw crowded(this.run.input, this.place, MOST_ASKED, this.host.runStore);
    const record = await findRecord(id, this.host.runStore);
    this.#records.set(id, record);
    return record;
  }
}
