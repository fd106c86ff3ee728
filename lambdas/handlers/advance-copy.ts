import type { AdvanceInput, LoopState } from '../../statemachine/contract';
import { advanceLoop } from '../engine/tasks/advance-loop';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';

/** Task `AdvanceCopy`: adds a round of the copy loop up and sets the next one up. */
export async function handler(input: AdvanceInput, context: HostContext): Promise<LoopState> {
  return runTask('AdvanceCopy', input, context, (host) => advanceLoop(input, host, 'source'));
}
