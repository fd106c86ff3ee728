import type { RunSummary } from '../../statemachine/contract';
import type { CommandAbout } from '../../wording/next-steps';
import { describeExecution, type Execution, findExecution, runId } from '../deployed/executions';
import { readOnceSeen } from '../deployed/patience';
import type { StateMachineOptions } from '../deployed/state-machine';
import { watchExecution } from '../deployed/watch';
import { abortOnStopSignals, stopCode } from '../input/stop-signals';
import { typedPlaces } from '../input/typed-command';
import { describeApply } from '../output/apply-hint';
import { createDisplay, displayMode } from '../output/progress/create-display';
import { type OutputOptions, printResult } from '../output/result';
import { renderSummary } from '../output/summary';
import { describeInput } from '../output/title';
import { exitCode } from './run';

interface WatchOptions extends StateMachineOptions, OutputOptions {}

/** `bucketsync watch`: follows a run of the deployed state machine. @returns the run's exit code */
export async function watchCommand(run: string | undefined, options: WatchOptions): Promise<number> {
  const execution = await findExecution(run, options);
  const { input } = await readOnceSeen(execution, () => describeExecution(execution));
  return watchToItsEnd(execution, describeInput(input), options);
}

/** Shows a run until it ends, then prints its summary as `run` does. @returns the run's exit code */
export async function watchToItsEnd(execution: Execution, title: string, options: WatchOptions): Promise<number> {
  const display = await createDisplay(displayMode(options), title);
  display.begin({ runId: runId(execution) });
  const { signal, release } = abortOnStopSignals(() => {});
  let summary: RunSummary | undefined;
  try {
    summary = await watchExecution(execution, { display, signal });
  } finally {
    display.end();
    release();
  }
  if (summary === undefined) {
    display.note(describeGoingOn(execution));
    return stopCode() ?? 1;
  }
  const { profile, region } = options;
  const places = typedPlaces({ profile, region });
  const about: CommandAbout = (verb, ...more) => ['bucketsync', verb, execution.arn, ...more, ...places].join(' ');
  const next = (summary.input as { dryRun?: unknown } | null)?.dryRun === true ? describeApply(summary, about) : '';
  const shown = { about, next, verbose: options.verbose === true };
  await printResult(summary, options, () => renderSummary(summary, process.stdout, shown));
  return exitCode(summary);
}

function describeGoingOn(execution: Execution): string {
  return [
    `No longer watching. The run ${runId(execution)} continues in AWS. To watch it again, or to stop it:`,
    `  bucketsync watch ${execution.arn}`,
    `  bucketsync stop ${execution.arn}`,
  ].join('\n');
}
