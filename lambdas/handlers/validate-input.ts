import type { RunState, ValidateInputInput } from '../../statemachine/contract';
import { validateInput } from '../engine/tasks/validate-input';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `ValidateInput`: checks the input and the buckets, takes the lock, writes down the phases. */
export async function handler(input: ValidateInputInput, context: HostContext): Promise<RunState> {
  return validateInput(input, lambdaHost(context));
}
