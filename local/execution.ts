import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { ExecutionError, type RunOptions, StateMachine, type StateMachineDefinition } from 'aws-local-stepfunctions';
import type { RunSummary } from '../statemachine/contract';
import type { TaskName } from './handlers';
import { functionsOfStates, readStateMachine } from './state-machine-file';

/** Tests validate the file. Validating it for each run would cost more than a small run itself. */
const VALIDATED = { noValidate: true } as const;

/** Calls the handler of a Task. */
export type Invoke = (task: TaskName, input: unknown) => Promise<unknown>;

type RetryIntervals = NonNullable<RunOptions['overrides']>['retryIntervalOverrides'];

/**
 * Milliseconds before each retry. The state machine's own waits grow to half a minute, and the interpreter cannot end a wait, so
 * Ctrl-C would work only after it. States that end a run and release its lock are never stopped, so they keep their waits.
 */
const RETRY_AFTER_MS = 5_000;

/** Milliseconds by state that a local run waits before it tries a Task again. */
export function retryIntervals(): RetryIntervals {
  const states = functionsOfStates(readStateMachine()).filter(([, task]) => task !== 'FinishRun');
  return Object.fromEntries(states.map(([state]) => [state, RETRY_AFTER_MS]));
}

/**
 * Runs one execution of the state machine.
 *
 * @param intervals  milliseconds before a retry, by state; other states wait as the state machine says
 * @param definition  for tests
 * @returns the output of `FinishRun`, even if the execution then fails because of it
 * @throws ExecutionError  there is no summary, because `FinishRun` itself failed
 */
export async function runExecution(
  input: unknown,
  invoke: Invoke,
  intervals?: RetryIntervals,
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
    overrides: { taskResourceLocalHandlers: Object.fromEntries(handlers), retryIntervalOverrides: intervals },
    context: { Execution: { Id: `local:${hostname()}:${process.pid}:${name}`, Name: name } },
  });
  try {
    await execution.result;
  } catch (error) {
    // the state `Failed` was reached; the summary says why
    if (!(error instanceof ExecutionError) || !summary) throw error;
  }
  if (!summary) throw new Error('Expected the execution to end with a summary, got none');
  return summary;
}
