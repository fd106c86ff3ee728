import type { TaskName } from '../../local/handlers';
import { failing, type Interpreter } from './interpreter';
import type { LambdaEndpoint } from './lambda-endpoint';

interface Machine {
  readonly lambda: LambdaEndpoint;
  /** Runs a mirror without waiting long before retries. */
  readonly execute: () => ReturnType<Interpreter['execute']>;
}

/** Which errors of Tasks are retried, and which end the execution: the same on every interpreter. */
export function testTaskErrors(machine: () => Machine): void {
  it.each<[task: TaskName, error: string]>([
    ['ValidateInput', 'ListingError'],
    ['CopyRange', 'Lambda.ServiceException'],
    ['DeleteRange', 'Lambda.TooManyRequestsException'],
    ['AdvanceCopy', 'Lambda.SdkClientException'],
    ['ClosePhase', 'Lambda.ClientExecutionTimeoutException'],
    ['FinishRun', 'AnyError'],
  ])('retries %s after %s', async (task, error) => {
    const { lambda, execute } = machine();
    const failures = failing(lambda, error, task, 2);

    expect(await execute()).toMatchObject({ status: 'SUCCEEDED' });
    expect(failures.count).toBe(2);
  });

  it.each<[task: TaskName, error: string]>([
    ['ValidateInput', 'AlreadyRunningError'],
    ['CopyRange', 'AccessDeniedError'],
    ['DeleteRange', 'SourceEmptyError'],
    ['AdvanceDelete', 'AnyError'],
    ['ClosePhase', 'DriftError'],
  ])('ends with the error of %s, which is not retried: %s', async (task, error) => {
    const { lambda, execute } = machine();
    const failures = failing(lambda, error, task);

    expect(await execute()).toMatchObject({ status: 'FAILED', error, cause: `${error} of the test` });
    expect(failures.count).toBe(1);
  });
}
