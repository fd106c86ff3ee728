import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';

const STACK = join(__dirname, '../../prove/stack');
const { handler } = require(join(STACK, 'probe-function')) as { handler: (input: object) => Promise<unknown> };

/** The state machine of the probes, as it is deployed. */
export const PROBES = JSON.parse(
  readFileSync(join(STACK, 'probes.asl.json'), 'utf8').replaceAll(
    /\$\{(\w+)FunctionArn\}/g,
    'arn:aws:lambda:us-east-1:123456789012:function:$1',
  ),
);

interface Ended {
  readonly status: 'SUCCEEDED' | 'FAILED';
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * An execution of the probes on the local interpreter.
 *
 * @param failure  what the function throws instead of its answer
 * @returns what DescribeExecution would show
 */
export async function runProbes(input: object, failure?: Error): Promise<Ended> {
  const call = async (taskInput: unknown) => {
    if (failure) throw failure;
    return (await handler(taskInput as object)) as string;
  };
  const states = ['Runs', 'Throttled', 'Slow', 'CaughtByName', 'CaughtByAll'];
  const execution = new StateMachine(PROBES, { validationOptions: { noValidate: true } }).run(input as never, {
    overrides: { taskResourceLocalHandlers: Object.fromEntries(states.map((state) => [state, call])) },
  });
  try {
    return { status: 'SUCCEEDED', output: JSON.stringify(await execution.result) };
  } catch (error) {
    if (!(error instanceof ExecutionError)) throw error;
    const { name, message } = error.cause as Error;
    return { status: 'FAILED', error: name, cause: message };
  }
}
