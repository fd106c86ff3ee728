import { once } from 'node:events';
import type { RunSummary } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import type { ProgressDisplay } from '../output/progress/display';
import { summarise } from './ended-run';
import { describeExecution, type Execution, hasEnded } from './executions';
import { HistoryReader } from './history-reader';
import { type Clock, readIfSeen, SYSTEM_CLOCK } from './patience';

// Soon at first, because a small run takes a second. Later four requests every three seconds, far below an account's limit.
const FIRST_POLL_MS = 250;
const POLL_GROWTH = 1.3;
const LONGEST_POLL_MS = 3_000;

export interface WatchOptions {
  readonly display: ProgressDisplay;
  /** If aborted, the watching ends, but not the run. */
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Follows a run to its end. @returns its summary; undefined if `signal` ended the watching first */
export function watchExecution(execution: Execution, options: WatchOptions): Promise<RunSummary | undefined> {
  // a pending answer may never come
  return Promise.race([follow(execution, options), aborted(options.signal)]);
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}

async function follow(
  execution: Execution,
  { display, signal, clock = SYSTEM_CLOCK }: WatchOptions,
): Promise<RunSummary | undefined> {
  const history = new HistoryReader(execution, (line) => display.note(printable(line)));
  let pollMs = FIRST_POLL_MS;
  while (!signal.aborted) {
    const described = await readIfSeen(execution, () => describeWithHistory(execution, history), clock);
    if (described && hasEnded(described.status)) {
      if (!described.output) await history.readToEnd(clock);
      return summarise(execution, described, history.run);
    }
    const progress = await history.progress();
    if (progress) display.update(progress);
    await clock.wait(pollMs, signal);
    pollMs = Math.min(pollMs * POLL_GROWTH, LONGEST_POLL_MS);
  }
  return undefined;
}

/** Reads the history after the status, so that the history is at least as new. */
async function describeWithHistory(execution: Execution, history: HistoryReader) {
  const described = await describeExecution(execution);
  await history.readNew();
  return described;
}
