import type { RunState, ValidateInputInput } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { validateInput } from '../engine/validate-input';

/** Task `ValidateInput`: checks the input and the buckets, takes the lock, writes down the phases. */
export async function handler(input: ValidateInputInput, context: HostContext): Promise<RunState> {
  return validateInput(input, lambdaHost(context));
}
