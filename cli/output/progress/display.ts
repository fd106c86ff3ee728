import type { Progress } from '../../../local/progress';
import { printNote } from '../output';

/** Shows the progress of a run, always on stderr, so that stdout has only the result. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Updates the first line. */
  retitle(title: string): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Removes the moving part from the screen. */
  end(): void;
}

export type DisplayMode = 'live' | 'lines' | 'quiet';

/** Shows only notes. */
const quietDisplay: ProgressDisplay = {
  update: () => {},
  retitle: () => {},
  note: (line) => printNote(`${line}\n`),
  end: () => {},
};

/** Chooses the display by the target of stderr. */
export function displayMode(quiet: boolean): DisplayMode {
  if (quiet) return 'quiet';
  const { isTTY, columns } = process.stderr;
  // A terminal that does not know its width says 0: then nobody can tell how many lines are to be redrawn.
  return isTTY && columns > 0 && process.env.TERM !== 'dumb' ? 'live' : 'lines';
}

/**
 * @param title  text of the first line: what is mirrored
 * @param waitMs  how long the first line may wait for `retitle`
 */
export async function createDisplay(mode: DisplayMode, title: string, waitMs = 0): Promise<ProgressDisplay> {
  if (mode === 'live') return (await import('./live')).liveDisplay(title);
  if (mode === 'lines') return (await import('./lines')).linesDisplay(title, waitMs);
  return quietDisplay;
}
