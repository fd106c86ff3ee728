import type { AdvanceInput, LoopState } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { advanceLoop } from '../engine/advance-loop';

/** Task `AdvanceCopy`: adds a round of the copy loop up and sets the next one up. */
export async function handler(input: AdvanceInput, context: HostContext): Promise<LoopState> {
  return advanceLoop(input, lambdaHost(context), 'source');
}
