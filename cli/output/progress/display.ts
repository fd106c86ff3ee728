import type { Progress } from '../../../local/progress';
import { printNote } from '../output';

/** Shows a run while it goes on; always on stderr, so that stdout holds the result alone. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** The first line, as it is known by now. */
  retitle(title: string): void;
  /** A line that stays. */
  note(line: string): void;
  /** Takes what moves off the screen. */
  end(): void;
}

export type DisplayMode = 'live' | 'lines' | 'quiet';

/** Says only what must be said. */
const quietDisplay: ProgressDisplay = {
  update: () => {},
  retitle: () => {},
  note: (line) => printNote(`${line}\n`),
  end: () => {},
};

/** Picks the display that suits where stderr goes. */
export function displayMode(quiet: boolean): DisplayMode {
  if (quiet) return 'quiet';
  const { isTTY, columns } = process.stderr;
  // A terminal that does not know its width says 0: then nobody can tell how many lines are to be redrawn.
  return isTTY && columns > 0 && process.env.TERM !== 'dumb' ? 'live' : 'lines';
}

/**
 * @param title  what is mirrored, for the first line
 * @param waitMs  how long that line may wait for `retitle`
 */
export async function createDisplay(mode: DisplayMode, title: string, waitMs = 0): Promise<ProgressDisplay> {
  if (mode === 'live') return (await import('./live')).liveDisplay(title);
  if (mode === 'lines') return (await import('./lines')).linesDisplay(title, waitMs);
  return quietDisplay;
}
