import type { RunState, ValidateInputInput } from '../../statemachine/contract';
import { validateInput } from '../engine/tasks/validate-input';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';
import { withAnnouncer } from '../host/with-announcer';

/** Task `ValidateInput`: checks the input and the buckets, takes the lock, writes down the phases. */
export async function handler(input: ValidateInputInput, context: HostContext): Promise<RunState> {
  return runTask('ValidateInput', input, context, (host) => validateInput(input, withAnnouncer(host)));
}
