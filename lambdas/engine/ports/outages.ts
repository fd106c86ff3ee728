import type { RequestCounters } from '../../../statemachine/contract';

export type RequestKind = keyof RequestCounters;

/** How long a run waits for a server that is away. */
export interface PatienceLimits {
  /** Milliseconds at one time: more than a minute, the time of a restart. 0: do not wait. */
  readonly outageMs: number;
  /** Milliseconds in the whole run. */
  readonly runMs: number;
  /** How long `ValidateInput` waits in one of its steps. @default less than a minute */
  readonly answerMs?: number;
}

/** A request that has used up its attempts, and asks for more once or several times. */
export class Plight {
  /** How often it has asked. */
  asked = 0;
  /** How many requests of its kind had been answered when it asked last. */
  answers = 0;
}

/** How many more attempts a request gets. */
export type Grant = 'all' | 'one' | 'none';

/** Knows whether the server is away, and decides whether a request that has used up its attempts gets more. */
export interface Outages {
  /** The server is known to be away: a request that fails now need not be repeated before the server is back. */
  readonly isAway: boolean;
  /** The server did not come back within the limits. */
  readonly isExhausted: boolean;
  /** S3 has answered a request without an error. */
  answered(kind: RequestKind): void;
  /** Resolves when the next attempt is due. */
  grant(kind: RequestKind, plight: Plight): Promise<Grant>;
}
