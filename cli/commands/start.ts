import type { Command } from 'commander';
import type { SyncRequest } from '../../statemachine/input/sync-input';
import { type Execution, runId, startExecution } from '../deployed/executions';
import { findStateMachine, type StateMachineOptions } from '../deployed/state-machine';
import { readInputOptions } from '../input/input-options';
import { readRequest } from '../input/request';
import { print, printJson } from '../output/output';
import type { OutputOptions } from '../output/result';
import { describeRequest } from '../output/title';
import { watchToItsEnd } from './watch';

interface StartOptions extends StateMachineOptions, OutputOptions {
  readonly input?: string;
  readonly watch?: boolean;
}

/**
 * `bucketsync start`: checks the form of the input here, then starts the deployed state machine. Fields that are not set have
 * their deployed values.
 *
 * @returns the exit code: with --watch that of the run
 */
export async function startCommand(
  command: Command,
  urls: { readonly source?: string; readonly destination?: string },
): Promise<number> {
  const options = command.opts<StartOptions>();
  const request = await readRequest<Partial<SyncRequest>>({
    ...urls,
    inputFile: options.input,
    isDeployed: true,
    options: readInputOptions(command),
  });
  const execution = await startExecution(await findStateMachine(options), request);
  if (options.watch) return watchToItsEnd(execution, describeRequest(request), options);
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else print(`${describeStart(execution, describeRequest(request))}\n`);
  return 0;
}

function describeStart(execution: Execution, what: string): string {
  return [
    `Started ${runId(execution)}: ${what}`,
    `  bucketsync watch ${execution.arn}`,
    `  bucketsync stop ${execution.arn}`,
  ].join('\n');
}
