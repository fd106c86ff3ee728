import type { Command } from 'commander';
import { type Execution, runId, startExecution } from './deployed/executions';
import { findStateMachine, type StateMachineOptions } from './deployed/state-machine';
import { readInputOptions } from './input-options';
import { title } from './mirror';
import { printJson } from './output';
import { readRequest } from './request';
import { watchToItsEnd } from './watch-command';

interface StartOptions extends StateMachineOptions {
  readonly input?: string;
  readonly watch?: boolean;
  readonly json?: boolean;
}

/**
 * `bucketsync start`: starts the deployed state machine, once the input has been checked here.
 *
 * @returns the exit code: with --watch that of the run
 */
export async function startCommand(
  command: Command,
  urls: { readonly source?: string; readonly destination?: string },
): Promise<number> {
  const options = command.opts<StartOptions>();
  const request = await readRequest({ ...urls, inputFile: options.input, options: readInputOptions(command) });
  const execution = await startExecution(await findStateMachine(options), request);
  if (options.watch) return watchToItsEnd(execution, title(request), options);
  if (options.json) printJson({ runId: runId(execution), executionArn: execution.arn });
  else process.stdout.write(`${describeStart(execution, title(request))}\n`);
  return 0;
}

function describeStart(execution: Execution, what: string): string {
  return [
    `Started ${runId(execution)}: ${what}`,
    `  bucketsync watch ${execution.arn}`,
    `  bucketsync stop ${execution.arn}`,
  ].join('\n');
}
