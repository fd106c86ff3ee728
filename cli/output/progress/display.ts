import type { Progress } from '../../../local/progress';
import type { ReportLine } from '../../../statemachine/contract';

/** Which run it is. */
export interface BegunRun {
  readonly runId: string;
  readonly input?: object;
}

/** Shows the progress of a run, always on stderr, so that stdout has only the result. */
export interface ProgressDisplay {
  /** The run has begun. */
  begin(run: BegunRun): void;
  update(progress: Progress): void;
  /** Updates the first line. */
  retitle(title: string): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Shows what was done, or would be done, to single objects. */
  actions(lines: readonly ReportLine[]): void;
  /** Removes the moving part from the screen until `resume`, for a question. */
  pause(): void;
  resume(): void;
  /** Removes the moving part from the screen. */
  end(): void;
}
