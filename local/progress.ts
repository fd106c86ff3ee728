import type { Counters, Phase } from '../statemachine/contract';

/** The progress of a run, sent a few times a second. */
export interface Progress {
  readonly phase: Phase['name'];
  readonly copy: LoopProgress;
  readonly delete: LoopProgress;
}

export interface LoopProgress {
  /** 1 for the first round; 0 if the loop has no work in this phase. */
  readonly round: number;
  /** Number of ranges that are running now. */
  readonly running: number;
  /** Number of all ranges of this round, if it is known. */
  readonly ranges?: { readonly done: number; readonly total: number };
  /** Counters of this phase: finished and running ranges together. */
  readonly counters: Counters;
}
