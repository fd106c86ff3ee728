import type { PhaseEnd, RunState } from '../../statemachine/contract';
import { endPhase } from '../engine/tasks/end-phase';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';
import { withInvalidator } from '../host/with-invalidator';

/** Task `ClosePhase`: adds the counters up, applies the guards, judges drift, drops the finished phase, tells CloudFront. */
export async function handler(input: PhaseEnd, context: HostContext): Promise<RunState> {
  return runTask('ClosePhase', input, context, (host) => endPhase(input, withInvalidator(host)));
}
