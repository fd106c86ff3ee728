import type { Counters, FoundAtDestination } from './counters';
import type { CaughtError, KeptPlan, Phase, Run } from './run';
import type { ContinuationToken, UnfinishedUpload } from './tokens';

/** Limits of each range in a round, so that all ranges together keep to the limits of the state and of the run. */
export interface RangeShare {
  /** Number of ranges in the round. */
  readonly ranges: number;
  /** Walkers in a range at the same time. Each may return its rest and a large object that waited. */
  readonly walkers: number;
  /** Large objects that a range copies at the same time. Each may return a token. */
  readonly uploads: number;
  /** Milliseconds that the run has waited for an unavailable server so far. Absent: none. */
  readonly awayMs?: number;
}

/** A loop between two rounds. */
export interface LoopState {
  readonly round: number;
  /** Time budget of each range in this round, in milliseconds. */
  readonly budgetMs: number;
  /** For each Task of this round the tokens that it works on. */
  readonly tokens: readonly (readonly ContinuationToken[])[];
  /** Tokens for a later round, because the state has no room for the results of so many ranges. */
  readonly waiting: readonly ContinuationToken[];
  /** Of objects that these tokens hold, whether they run or wait. Only copies have them. */
  readonly uploads: readonly UnfinishedUpload[];
  readonly share: RangeShare;
  readonly counters: Counters;
  /** Number of ranges run so far. Each is one Lambda invocation. */
  readonly ranges: number;
  /** How many of them were children of a Distributed Map. */
  readonly mapRanges: number;
  /** Sum of the milliseconds that the ranges worked. */
  readonly busyMs: number;
  /** Deletes that lost attempts may have made. They count towards `deleteLimit`, but are not in `counters`, because no result arrived. */
  readonly lostDeletes: number;
  /** Only of the copy loop: as in its ranges. */
  readonly content?: string;
  readonly atDestination?: FoundAtDestination;
  /** As in its ranges. */
  readonly matched?: number;
  /** Only of a copy loop that has made a plan to its end. */
  readonly plan?: KeptPlan;
  /** The last rounds in a row that decided no object, and how many rounds at the end made no progress at all. */
  readonly idle?: { readonly rounds: number; readonly stuck: number };
  readonly error?: CaughtError;
}

export interface Loops {
  readonly copy: LoopState;
  readonly delete: LoopState;
}

/** What `ClosePhase` requires of a loop that has ended. A failed loop has only this and `error`. */
export type EndedLoop = Pick<
  LoopState,
  | 'round'
  | 'counters'
  | 'ranges'
  | 'mapRanges'
  | 'busyMs'
  | 'lostDeletes'
  | 'content'
  | 'atDestination'
  | 'matched'
  | 'plan'
  | 'error'
> &
  Partial<Pick<LoopState, 'share'>>;

/** The state between two phases. */
export interface RunState {
  readonly run: Run;
  /** Phases still to run, the next one first. */
  readonly phases: readonly Phase[];
  readonly loops: Loops;
  readonly done: readonly FinishedPhase[];
  readonly error?: CaughtError;
}

/** The state after `RunPhase`, with both loops at their end. */
export interface PhaseEnd extends Omit<RunState, 'loops'> {
  readonly loops: { readonly copy: EndedLoop; readonly delete: EndedLoop };
}

export interface FinishedPhase {
  readonly name: Phase['name'];
  readonly copy: FinishedLoop;
  readonly delete: FinishedLoop;
}

export interface FinishedLoop {
  readonly counters: Counters;
  readonly rounds: number;
  readonly ranges: number;
  /** How many of them were children of a Distributed Map. */
  readonly mapRanges: number;
  readonly busyMs: number;
  /** Only of the copy loop: as in its ranges. */
  readonly content?: string;
}
