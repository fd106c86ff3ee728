import { printNote } from '../output';
import type { ProgressDisplay } from './display';

export type DisplayMode = 'live' | 'lines' | 'quiet';

/** Shows only notes. */
const quietDisplay: ProgressDisplay = {
  update: () => {},
  retitle: () => {},
  note: (line) => printNote(`${line}\n`),
  pause: () => {},
  resume: () => {},
  end: () => {},
};

/** Chooses the display by the target of stderr. */
export function displayMode(quiet: boolean): DisplayMode {
  if (quiet) return 'quiet';
  const { isTTY, columns } = process.stderr;
  const { TERM, CI } = process.env;
  // A terminal that does not know its width says 0: then nobody can tell how many lines are to be redrawn. Where `CI` is set,
  // the terminal is a log, and a spinner would show nothing in it.
  return isTTY && columns > 0 && TERM !== 'dumb' && CI === undefined ? 'live' : 'lines';
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
