import type { FinishRunInput, RunSummary } from '../../statemachine/contract';
import { finishRun } from '../engine/tasks/finish-run';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';
import { withAnnouncer } from '../host/with-announcer';
import { withInvalidator } from '../host/with-invalidator';

/** Task `FinishRun`: writes the summary and the report, releases the lock, tells others. */
export async function handler(input: FinishRunInput, context: HostContext): Promise<RunSummary> {
  return runTask('FinishRun', input, context, (host) => finishRun(input, withInvalidator(withAnnouncer(host))));
}
