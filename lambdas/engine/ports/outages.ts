import type { RequestCounters } from '../../../statemachine/contract';

export type RequestKind = keyof RequestCounters;

/** How long a run waits for a server that is away. */
export interface PatienceLimits {
  /** At one time, in milliseconds: more than a minute, which a restart takes. 0: not at all. */
  readonly outageMs: number;
  /** In all of a run. */
  readonly runMs: number;
  /** What `ValidateInput` waits for the answers of one of its steps. @default less than a minute */
  readonly answerMs?: number;
}

/** One request that has used up its attempts, as often as it comes for more. */
export class Plight {
  /** How often it has come. */
  asked = 0;
  /** Answers to requests of its kind, when it came last. */
  answers = 0;
}

/** Attempts of a request that has used up its own. */
export type Grant = 'all' | 'one' | 'none';

/** Who knows whether the server is away, and decides whether a request that has used up its attempts gets more. */
export interface Outages {
  /** The server is known to be away: whatever fails now need not try again before it is back. */
  readonly isAway: boolean;
  /** A server was waited for in vain. */
  readonly isExhausted: boolean;
  /** S3 has done what it was asked for. */
  answered(kind: RequestKind): void;
  /** Resolves when the next attempt is due. */
  grant(kind: RequestKind, plight: Plight): Promise<Grant>;
}
