import type { Counters, FoundAtDestination } from './counters';
import type { LoopState, RangeShare, RunState } from './loop';
import type { CaughtError, Phase, Run } from './run';
import type { ContinuationToken, UnfinishedUpload } from './tokens';

export interface ValidateInputInput {
  /** The `CONTRACT_VERSION` of the definition that the execution began with. */
  readonly contract: number;
  readonly input: unknown;
  readonly executionId: string;
  readonly executionName: string;
  readonly startedAt: string;
}

export interface RangeInput {
  readonly run: Run;
  readonly phase: Phase;
  /** One or more. */
  readonly tokens: readonly ContinuationToken[];
  /** Only for `CopyRange`: the unfinished uploads of all ranges of the loop, those that wait included. */
  readonly uploads?: readonly UnfinishedUpload[];
  readonly budgetMs: number;
  /** `round` and `index` identify the range within its loop, for the report. */
  readonly round: number;
  readonly index: number;
  readonly share: RangeShare;
  /** Only for `DeleteRange`: counters of the earlier rounds, and `lostDeletes` of their loop. */
  readonly before?: Counters;
  readonly lostDeletes?: number;
}

/** The result of a range. `tokens` are its rest; if there are none, the range is done. */
export interface RangeResult {
  readonly counters: Counters;
  readonly tokens: readonly ContinuationToken[];
  /** Uploads of objects in `tokens`. Absent: none. */
  readonly uploads?: readonly UnfinishedUpload[];
  readonly elapsedMs: number;
  /** Milliseconds that the range waited for an unavailable server. Absent: none. */
  readonly awayMs?: number;
  /** Only if an earlier attempt of this range was lost: how many deletes it may have made. */
  readonly lostDeletes?: number;
  /** Only for `CopyRange` in a phase in which it walks both sides. */
  readonly atDestination?: FoundAtDestination;
  /** A bit for each watched glob that has matched a key here, and in no earlier phase. Absent: none has. */
  readonly matched?: number;
  /** Only for `CopyRange` in a plan that is kept, if it has planned anything: the name of this attempt at the range. */
  readonly plan?: string;
  /** Only for `CopyRange`: where it first saw content for this run, a key or the beginning of a key. Absent if it saw none. */
  readonly content?: string;
}

/** A range whose Task failed after all retries. Its own Catch writes this. */
export interface FailedRange {
  readonly error: CaughtError;
}

/** A loop after a round: `result` of a single range, which requires no Map, or `results` of several. */
export interface LoopAfterRound extends LoopState {
  readonly result?: RangeResult | FailedRange;
  readonly results?: readonly (RangeResult | FailedRange)[];
}

export interface AdvanceInput {
  readonly run: Run;
  readonly phase: Phase;
  readonly loop: LoopAfterRound;
}

export interface FinishRunInput {
  /** The run's state. If `ValidateInput` failed: only `Error` and `Cause`. */
  readonly state: RunState | CaughtError;
  readonly executionInput: unknown;
  readonly executionId: string;
  readonly executionName: string;
  readonly startedAt: string;
}
