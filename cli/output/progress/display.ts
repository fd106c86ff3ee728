import type { Progress } from '../../../local/progress';

/** Shows the progress of a run, always on stderr, so that stdout has only the result. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Updates the first line. */
  retitle(title: string): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Removes the moving part from the screen until `resume`, for a question. */
  pause(): void;
  resume(): void;
  /** Removes the moving part from the screen. */
  end(): void;
}
