import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ExecutionError, type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { RunSummary } from '../statemachine/contract';
import type { TaskName } from './handlers';
import { functionsOfStates, readStateMachine } from './state-machine-file';

/** The file is validated by the tests; once more for each run would cost more than a small run itself. */
const VALIDATED = { noValidate: true } as const;

/** Calls the handler of a Task. */
export type Invoke = (task: TaskName, input: unknown) => Promise<unknown>;

/**
 * Runs one execution of the state machine.
 *
 * @param retryIntervals  milliseconds before a retry, by state; for tests
 * @param definition  of another version; for tests
 * @returns what `FinishRun` returned, also where the execution then fails because of it
 * @throws ExecutionError  there is no summary: `FinishRun` itself failed
 */
export async function runExecution(
  input: unknown,
  invoke: Invoke,
  retryIntervals?: NonNullable<RunOptions['overrides']>['retryIntervalOverrides'],
  definition: StateMachineDefinition = readStateMachine(),
): Promise<RunSummary> {
  let summary: RunSummary | undefined;
  const handlers = functionsOfStates(definition).map(([state, task]) => [
    state,
    async (taskInput: unknown) => {
      const result = await invoke(task, taskInput);
      if (task === 'FinishRun') summary = result as RunSummary;
      return result;
    },
  ]);
  const name = randomUUID();
  const execution = new StateMachine(definition, { validationOptions: VALIDATED }).run(input as never, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers), retryIntervalOverrides: retryIntervals },
    context: { Execution: { Id: `local:${hostname()}:${process.pid}:${name}`, Name: name } },
  });
  try {
    await execution.result;
  } catch (error) {
    // The state `Failed` was reached: the summary tells why.
    if (!(error instanceof ExecutionError) || !summary) throw error;
  }
  if (!summary) throw new Error('Expected the execution to end with a summary, got none');
  return summary;
}
