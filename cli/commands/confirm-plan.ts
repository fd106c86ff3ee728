import type { Confirm } from '../../local/confirm-plan';
import { ask, hasTerminal } from '../input/ask';
import { printNote } from '../output/output';
import { isAutomatic } from '../output/progress/create-display';
import type { ProgressDisplay } from '../output/progress/display';
import { renderQuestion } from '../output/question';
import type { OutputOptions } from '../output/result';
import { readDigest } from './read-digest';

/** People can put this few objects back by hand. If small changes asked as well, people would answer without reading. */
const FEW = 10;

/** Whether `run` asks before it deletes or overwrites. Without a terminal, only the guards decide. */
export function asksBeforeWriting(options: { readonly yes?: boolean } & OutputOptions): boolean {
  return !options.yes && !options.json && !options.jsonLines && !isAutomatic() && hasTerminal();
}

/**
 * Shows what the run is about to do, and asks whether it shall.
 *
 * @param location  of the run's report
 */
export function confirmPlan(display: Pick<ProgressDisplay, 'pause' | 'resume'>, location: string): Confirm {
  return async (planned, signal) => {
    const { copy, delete: deletes } = planned.plan;
    if (deletes.counters.deleted + (copy.counters.overwritten ?? 0) <= FEW) return true;
    display.pause();
    const digest = await readDigest((from) => from.digestPlannedRun(planned, location));
    const isConfirmed = await isAnsweredByYes(renderQuestion(planned, digest), signal);
    printNote(isConfirmed ? 'yes\n' : 'no\n');
    display.resume();
    return isConfirmed;
  };
}

async function isAnsweredByYes(question: string, signal: AbortSignal): Promise<boolean> {
  // Ctrl-C, a closed terminal, and every other error of the question mean no
  return /^y(es)?$/i.test(await ask(question, signal).catch(() => 'no'));
}
