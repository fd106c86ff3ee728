import type { FinishRunInput, RunSummary } from '../../statemachine/contract';
import { finishRun } from '../engine/tasks/finish-run';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `FinishRun`: writes the summary and the report, releases the lock. */
export async function handler(input: FinishRunInput, context: HostContext): Promise<RunSummary> {
  return finishRun(input, lambdaHost(context));
}
