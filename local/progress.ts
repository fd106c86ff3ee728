import type { Counters, Phase } from '../statemachine/contract';

/** What a run did so far, sent a few times a second while it goes on. */
export interface Progress {
  readonly phase: Phase['name'];
  readonly copy: LoopProgress;
  readonly delete: LoopProgress;
}

export interface LoopProgress {
  /** 1 for the first round; 0 where the loop has no work in this phase. */
  readonly round: number;
  /** Ranges that run at this moment. */
  readonly running: number;
  /** All ranges of this round, where they are known. */
  readonly ranges?: { readonly done: number; readonly total: number };
  /** Of this phase, finished and running ranges together. */
  readonly counters: Counters;
}
