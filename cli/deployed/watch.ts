import { setTimeout as delay } from 'node:timers/promises';
import type { RunSummary } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import type { ProgressDisplay } from '../progress/display';
import { summarise } from './ended-run';
import { describeExecution, type Execution, isRunning } from './executions';
import { HistoryReader } from './history-reader';

// Soon at first, because a small run takes a second; later four requests every three seconds, far from what an account may send.
const FIRST_POLL_MS = 250;
const POLL_GROWTH = 1.3;
const LONGEST_POLL_MS = 3_000;

export interface WatchOptions {
  readonly display: ProgressDisplay;
  /** Aborted: the watching ends, the run does not. */
  readonly signal: AbortSignal;
}

/** Follows a run to its end. @returns its summary; undefined where `signal` ended the watching first */
export async function watchExecution(
  execution: Execution,
  { display, signal }: WatchOptions,
): Promise<RunSummary | undefined> {
  const history = new HistoryReader(execution, (line) => display.note(printable(line)));
  let pollMs = FIRST_POLL_MS;
  while (!signal.aborted) {
    // before its history, so that the history of an execution that has ended is complete
    const described = await describeExecution(execution);
    await history.readNew();
    if (!isRunning(described.status)) return summarise(execution, described, history.run);
    const progress = await history.progress();
    if (progress) display.update(progress);
    await delay(pollMs, undefined, { signal }).catch(() => {});
    pollMs = Math.min(pollMs * POLL_GROWTH, LONGEST_POLL_MS);
  }
  return undefined;
}
