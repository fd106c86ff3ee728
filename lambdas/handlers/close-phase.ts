import type { PhaseEnd, RunState } from '../../statemachine/contract';
import { closePhase } from '../engine/tasks/close-phase';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';

/** Task `ClosePhase`: adds the counters up, applies the guards, judges drift, drops the finished phase. */
export async function handler(input: PhaseEnd, context: HostContext): Promise<RunState> {
  return runTask('ClosePhase', input, context, (host) => closePhase(input, host));
}
