import { isExecutionArn } from '../../../statemachine/execution-id';
import type { Host } from '../ports/host';
import { ageOf, type Holder, type Lock, leaseIsOver } from './lock-document';
import type { LockRecord } from './lock-record';

/** For how long a run may rely on having seen that it holds the lock. */
export const LOCK_GOOD_FOR_MS = 10_000;

/**
 * For how long functions and threads may still be at work after their run was stopped or broke off: until they read the lock
 * again (see `LockFence`), and some seconds more for requests that they have already sent.
 */
export const FORMER_RUN_MS = LOCK_GOOD_FOR_MS + 5_000;

/** A local run renews its entry every minute. Another run waits until several renewals are missing. */
export const LEASE_MS = 300_000;

/** What is known about the run behind an entry. */
export interface Proof {
  /** true only if it is certain. */
  readonly ended: boolean;
  /** A part of the run may still write for some seconds. */
  readonly atWork: boolean;
  /** The error, if its execution could not be asked for. */
  readonly doubt?: unknown;
}

/**
 * Whether the run behind an entry has certainly ended.
 *
 * | the entry                                          | the run has ended                      | may still write for seconds |
 * | -------------------------------------------------- | -------------------------------------- | --------------------------- |
 * | of a local run, older than its lease               | yes, or it must no longer write        | yes                         |
 * | says so, and is old enough for functions to notice | yes                                    | no                          |
 * | of an execution                                    | if Step Functions says so; if it knows | yes                         |
 * |                                                    | none, two minutes after its start      |                             |
 * | of a process of this machine and PID namespace     | if the process no longer exists        | no                          |
 * | anything else                                      | not known                              |                             |
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
    return { ended: !running, atWork: holder.takenOver === true || isExecutionArn(record.executionId) };
  } catch (doubt) {
    return { ended: false, atWork: true, doubt };
  }
}

/** Whether the entry alone proves that its run has ended, so that no request is needed. */
export function isOverByItself(holder: Holder, lock: Lock): boolean {
  return leaseIsOver(holder, lock) || saidSo(holder, lock);
}

function saidSo(holder: Holder, lock: Lock): boolean {
  return holder.ended === true && (ageOf(holder, lock) ?? 0) >= FORMER_RUN_MS;
}
