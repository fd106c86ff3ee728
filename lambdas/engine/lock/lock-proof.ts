import type { Host } from '../ports/host';
import { ageOf, type Holder, type Lock, leaseIsOver } from './lock-document';
import type { LockRecord } from './lock-record';

/** How long it is enough for a run to have seen that the lock is its own. */
export const LOCK_GOOD_FOR_MS = 10_000;

/**
 * Functions and threads of a run that was stopped or broke off may still be at work, until they look at the lock again;
 * see `LockFence`. Some seconds more than that, for the requests that they have sent by then.
 */
export const FORMER_RUN_MS = LOCK_GOOD_FOR_MS + 5_000;

/** A local run writes its entry again every minute; a contender waits for several that are missing. */
export const LEASE_MS = 300_000;

/** What is known about the run behind an entry. */
export interface Proof {
  /** Only if that is certain. */
  readonly ended: boolean;
  /** Something of it may write for some seconds more. */
  readonly atWork: boolean;
  /** Why its execution could not be asked about. */
  readonly doubt?: unknown;
}

/**
 * Whether the run behind an entry has ended for certain.
 *
 * | the entry                                          | has ended                              | may be at work for seconds |
 * | -------------------------------------------------- | -------------------------------------- | -------------------------- |
 * | of a local run, older than its lease               | or may not write any more              | yes                        |
 * | says so, and has for as long as functions need     | yes                                    | no                         |
 * | of an execution                                    | if Step Functions says so; if it knows | yes                        |
 * |                                                    | of none, two minutes after its start   |                            |
 * | of a process of this machine and PID namespace     | if there is no such process any more   | no                         |
 * | of anything else                                   | nobody can tell                        |                            |
 */
export async function proveEnd(
  holder: Holder,
  lock: Lock,
  record: LockRecord | undefined,
  { isRunning }: Pick<Host, 'isRunning'>,
): Promise<Proof> {
  if (leaseIsOver(holder, lock)) return { ended: true, atWork: true };
  if (saidSo(holder, lock)) return { ended: true, atWork: false };
  if (!record) return { ended: false, atWork: true };
  try {
    const running = await isRunning(record.executionId, record.startedAt, record.process);
    return { ended: !running, atWork: holder.takenOver === true || record.executionId.startsWith('arn:') };
  } catch (doubt) {
    return { ended: false, atWork: true, doubt };
  }
}

/** Whether an entry itself proves it, so that nobody has to be asked. */
export function isOverByItself(holder: Holder, lock: Lock): boolean {
  return leaseIsOver(holder, lock) || saidSo(holder, lock);
}

function saidSo(holder: Holder, lock: Lock): boolean {
  return holder.ended === true && (ageOf(holder, lock) ?? 0) >= FORMER_RUN_MS;
}
