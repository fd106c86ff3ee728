import type { AdvanceInput, LoopState } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { advanceLoop } from '../engine/advance-loop';

/** Task `AdvanceDelete`: adds a round of the delete loop up and sets the next one up. */
export async function handler(input: AdvanceInput, context: HostContext): Promise<LoopState> {
  return advanceLoop(input, lambdaHost(context), 'destination');
}
