import type { PhaseEnd, RunState } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { closePhase } from '../engine/close-phase';

/** Task `ClosePhase`: adds the counters up, applies the delete guard, judges drift, drops the finished phase. */
export async function handler(input: PhaseEnd, context: HostContext): Promise<RunState> {
  return closePhase(input, lambdaHost(context).roundBudgetsMs);
}
