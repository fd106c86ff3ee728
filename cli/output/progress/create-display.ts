import { describeLine } from '../describe-line';
import { printJsonLine, printNote } from '../output';
import type { OutputOptions } from '../result';
import type { ProgressDisplay } from './display';

/** `json`: on stderr, `events`: on stdout, together with the result. */
export type DisplayMode = 'live' | 'lines' | 'json' | 'events' | 'quiet';

/** Shows only notes. */
const quietDisplay: ProgressDisplay = {
  begin: () => {},
  update: () => {},
  retitle: () => {},
  note: (line) => printNote(`${line}\n`),
  actions: (lines) => printNote(lines.map((line) => `${describeLine(line)}\n`).join('')),
  pause: () => {},
  resume: () => {},
  end: () => {},
};

/** Chooses the display by the options, otherwise by the target of stderr. */
export function displayMode({ json, jsonLines, quiet, progress = 'auto' }: OutputOptions): DisplayMode {
  if (jsonLines) return 'events';
  if (progress === 'none' || quiet) return 'quiet';
  if (progress === 'live') return canRedraw() ? 'live' : 'lines';
  if (progress !== 'auto') return progress;
  if (json) return 'quiet';
  return canRedraw() && !isAutomatic() ? 'live' : 'lines';
}

/** A terminal that does not know its width says 0: then nobody can tell how many lines are to be redrawn. */
function canRedraw(): boolean {
  const { isTTY, columns } = process.stderr;
  return isTTY && columns > 0 && process.env.TERM !== 'dumb';
}

/** Whether `CI` is set: then even a terminal is a log, in which nothing can be redrawn. */
export function isAutomatic(): boolean {
  return !['', '0', 'false', undefined].includes(process.env.CI);
}

/**
 * @param title  text of the first line: what is mirrored
 * @param waitMs  how long the first line may wait for `retitle`
 */
export async function createDisplay(mode: DisplayMode, title: string, waitMs = 0): Promise<ProgressDisplay> {
  if (mode === 'live') return new (await import('./live')).LiveDisplay(title);
  if (mode === 'lines') return new (await import('./lines')).LinesDisplay(title, waitMs);
  if (mode === 'json' || mode === 'events') {
    const stream = mode === 'json' ? process.stderr : process.stdout;
    return (await import('./json')).jsonDisplay((event) => printJsonLine(event, stream));
  }
  return quietDisplay;
}
