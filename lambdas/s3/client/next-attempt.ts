import { FIRST_WAIT_MS, MAX_ATTEMPTS_WHEN_BUSY, MOST_WAIT_MS } from '../../../statemachine/budgets';
import { Plight, type RequestKind } from '../../engine/ports/outages';
import type { RequestObserver } from '../../engine/ports/request-observer';

export const MAX_ATTEMPTS = 6;

const MOST_WAIT_AFTER_OUTAGE_MS = 3_000;

/** What a request has left of its attempts. */
export interface Left {
  /** Attempts that failed while the server was away. */
  readonly uncounted: number;
  readonly isLast: boolean;
  /** Absent until it has come for more. */
  readonly plight?: Plight;
}

/** Of a request that nobody has sent yet. */
export const ALL_LEFT: Left = { uncounted: 0, isLast: false };

/** A request whose latest attempt has failed, in a way that another may not. */
export interface FailedAttempt {
  readonly kind: RequestKind;
  /** How many have failed. */
  readonly attempts: number;
  /** S3 has too many requests. */
  readonly isBusy: boolean;
  readonly left: Left;
}

export interface NextAttempt {
  readonly waitMs: number;
  readonly left: Left;
}

/**
 * Decides on another attempt. A request that has used up its attempts, or whose server is known to be away, gets more if
 * `Patience` grants them.
 *
 * @returns undefined if there is none
 */
export async function nextAttempt(
  { kind, attempts, isBusy, left }: FailedAttempt,
  patience: RequestObserver['patience'],
): Promise<NextAttempt | undefined> {
  const mustAsk = left.isLast || patience?.isAway === true;
  const waitMs = mustAsk ? undefined : waitAfter(attempts - left.uncounted, isBusy);
  if (waitMs !== undefined) return { waitMs, left };
  const { plight = new Plight() } = left;
  const grant = (await patience?.grant(kind, plight)) ?? 'none';
  if (grant === 'none') return undefined;
  if (grant === 'one') return { waitMs: 0, left: { uncounted: 0, isLast: true, plight } };
  return { waitMs: waitAfterOutage(), left: { uncounted: attempts, isLast: false, plight } };
}

/** Milliseconds until the next attempt, after so many that failed; undefined where none is left. */
function waitAfter(attempts: number, isBusy: boolean): number | undefined {
  if (attempts >= (isBusy ? MAX_ATTEMPTS_WHEN_BUSY : MAX_ATTEMPTS)) return undefined;
  return Math.floor(Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
}

/** A server that comes back has no room for all who waited at once, each with a connection to open. */
function waitAfterOutage(): number {
  return Math.floor(Math.random() * MOST_WAIT_AFTER_OUTAGE_MS);
}
