import type { PhaseEnd, RunState } from '../../statemachine/contract';
import { closePhase } from '../engine/tasks/close-phase';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `ClosePhase`: adds the counters up, applies the guards, judges drift, drops the finished phase. */
export async function handler(input: PhaseEnd, context: HostContext): Promise<RunState> {
  return closePhase(input, lambdaHost(context));
}
