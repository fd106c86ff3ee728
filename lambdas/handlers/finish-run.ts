import type { FinishRunInput, RunSummary } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { finishRun } from '../engine/finish-run';

/** Task `FinishRun`: writes the summary and the report, releases the lock. */
export async function handler(input: FinishRunInput, context: HostContext): Promise<RunSummary> {
  return finishRun(input, lambdaHost(context));
}
