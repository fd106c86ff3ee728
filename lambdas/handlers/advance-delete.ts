import type { AdvanceInput, LoopState } from '../../statemachine/contract';
import { advanceLoop } from '../engine/tasks/advance-loop';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `AdvanceDelete`: adds a round of the delete loop up and sets the next one up. */
export async function handler(input: AdvanceInput, context: HostContext): Promise<LoopState> {
  return advanceLoop(input, lambdaHost(context), 'destination');
}
