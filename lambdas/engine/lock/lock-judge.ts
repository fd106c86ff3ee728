import type { Run } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { holdsOf } from './hold';
import { findHoldRecord } from './hold-record';
import { type Holder, type Lock, overlap } from './lock-document';
import { alreadyRunning, crowded, held, unreadable } from './lock-messages';
import { isOverByItself, proveEnd } from './lock-proof';
import { findRecord, type LockRecord } from './lock-record';

/** A run, as far as its lock is concerned. */
export type LockingRun = Pick<Run, 'executionId' | 'startedAt' | 'input' | 'destinationRegion'> &
  Partial<Pick<Run, 'settings'>>;

/**
 * For how many entries a run sends requests to find out whether their runs have ended, in all tries together. Somebody may have
 * filled the lock with entries, and `ValidateInput` has only two minutes.
 */
export const MOST_ASKED = 100;

/** Which entries a run may take over, and which it must keep. */
export interface Judgement {
  /** Entries of folders that do not overlap. The run keeps them. */
  readonly others: readonly Holder[];
  /** Functions of a run whose entry is taken over may still be at work for some seconds. */
  readonly takenOver: boolean;
  /** The entry that an earlier attempt of this same run has made. */
  readonly former?: Holder;
}

/** Judges the entries of a lock for a run that wants to take it. */
export class LockJudge {
  /** Records by id. A record never changes. */
  readonly #records = new Map<string, LockRecord | undefined>();

  constructor(
    private readonly run: LockingRun,
    private readonly place: string,
    private readonly host: Host,
  ) {}

  /**
   * @throws AlreadyRunningError  an overlapping entry belongs, or may belong, to a run that has not ended
   * @throws HeldError  somebody holds an overlapping folder
   */
  async judge(lock: Lock): Promise<Judgement> {
    const { input, executionId, startedAt } = this.run;
    const { runStore } = this.host;
    if (!lock.holders) throw unreadable(input, this.place, runStore);
    const isOverlapping = ({ folder }: Holder) => overlap(folder, input.destinationPrefix);
    let takenOver = false;
    for (const holder of lock.holders.filter(isOverlapping)) {
      // an entry that is over by itself needs no record, unless it may be this run's own entry
      const needsRecord = holder.startedAt === startedAt || !isOverByItself(holder, lock);
      const record = needsRecord ? await this.#recordOf(holder) : undefined;
      if (record?.executionId === executionId) return { others: [], takenOver, former: holder };
      const { ended, atWork, doubt } = await proveEnd(holder, lock, record, this.host);
      if (!ended) throw alreadyRunning(input, { holder, record, doubt }, runStore);
      takenOver ||= atWork;
    }
    await this.#refuseHeld(lock);
    return { others: lock.holders.filter((holder) => !isOverlapping(holder)), takenOver };
  }

  async #refuseHeld(lock: Lock): Promise<void> {
    const { input } = this.run;
    const { runStore } = this.host;
    // it brings back what the hold keeps
    if (input.undo !== undefined) return;
    const [hold] = holdsOf(input.destinationPrefix, lock);
    if (hold) throw held(input, { hold, record: await findHoldRecord(hold.id, runStore) }, runStore);
  }

  async #recordOf({ id }: Holder): Promise<LockRecord | undefined> {
    if (this.#records.has(id)) return this.#records.get(id);
    if (this.#records.size >= MOST_ASKED) throw crowded(this.run.input, this.place, MOST_ASKED, this.host.runStore);
    const record = await findRecord(id, this.host.runStore);
    this.#records.set(id, record);
    return record;
  }
}
