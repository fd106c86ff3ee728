import { userInfo } from 'node:os';
import { InvalidInputError } from '../../statemachine/errors';
import {
  describeExecution,
  type Execution,
  findExecution,
  hasEnded,
  runId,
  stopExecution,
} from '../deployed/executions';
import { isUnseen } from '../deployed/patience';
import type { StateMachineOptions } from '../deployed/state-machine';
import { print, printJson } from '../output/output';

interface StopOptions extends StateMachineOptions {
  readonly cause?: string;
  readonly json?: boolean;
}

/** `bucketsync stop`: ends a run of the deployed state machine. @returns the exit code */
export async function stopCommand(run: string | undefined, options: StopOptions): Promise<number> {
  const execution = await findExecution(run, options);
  const status = await readStatus(execution);
  const id = runId(execution);
  if (status !== undefined && hasEnded(status))
    throw new InvalidInputError(`The run ${id} has already ended: ${status}`);
  await stopExecution(execution, options.cause ?? `bucketsync stop, by ${userInfo().username}`);
  if (options.json) printJson({ runId: id, executionArn: execution.arn });
  else print(`${describeStop(id)}\n`);
  return 0;
}

/** Undefined if the execution is not known yet: either it has just begun, or StopExecution will report that there is none. */
async function readStatus(execution: Execution): Promise<string | undefined> {
  try {
    return (await describeExecution(execution)).status;
  } catch (error) {
    if (isUnseen(error)) return undefined;
    throw error;
  }
}

function describeStop(id: string): string {
  return [
    `Stopped ${id}. No further range begins. Functions that are running finish theirs, within 15 minutes at most.`,
    'The run writes no summary and keeps its lock. The next run takes over the lock, and first waits until those functions have',
    'noticed. To continue, start the same run again.',
  ].join('\n');
}
