import { FIRST_WAIT_MS, MAX_ATTEMPTS_WHEN_BUSY, MOST_WAIT_MS } from '../../../statemachine/budgets';
import { Plight, type RequestKind } from '../../engine/ports/outages';
import type { RequestObserver } from '../../engine/ports/request-observer';

export const MAX_ATTEMPTS = 6;

const MOST_WAIT_AFTER_OUTAGE_MS = 3_000;

/** The remaining attempts of a request. */
export interface Left {
  /** Attempts that failed while the server was unavailable. */
  readonly uncounted: number;
  readonly isLast: boolean;
  /** Absent until the request asks for more attempts. */
  readonly plight?: Plight;
}

/** The state of a request before its first attempt. */
export const ALL_LEFT: Left = { uncounted: 0, isLast: false };

/** A request whose latest attempt has failed, although another attempt may succeed. */
export interface FailedAttempt {
  readonly kind: RequestKind;
  /** Number of failed attempts. */
  readonly attempts: number;
  /** S3 gets too many requests. */
  readonly isBusy: boolean;
  readonly left: Left;
}

export interface NextAttempt {
  readonly waitMs: number;
  readonly left: Left;
}

/**
 * Decides on another attempt. If a request has used all its attempts, or its server is known to be unavailable, `Patience` may
 * grant more.
 *
 * @returns undefined if there is no other attempt
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

/** Milliseconds until the next attempt, after this many failed attempts. Undefined if none is left. */
function waitAfter(attempts: number, isBusy: boolean): number | undefined {
  if (attempts >= (isBusy ? MAX_ATTEMPTS_WHEN_BUSY : MAX_ATTEMPTS)) return undefined;
  return Math.floor(Math.random() * Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1)));
}

/** A server that comes back cannot serve all waiting requests at once, because each opens a connection. */
function waitAfterOutage(): number {
  return Math.floor(Math.random() * MOST_WAIT_AFTER_OUTAGE_MS);
}
