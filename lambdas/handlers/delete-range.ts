import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { deleteRange } from '../engine/tasks/delete-range';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';

/** Task `DeleteRange`: deletes orphans in one key range until its budget is spent; returns where to go on. */
export async function handler(input: RangeInput, context: HostContext): Promise<RangeResult> {
  return runTask('DeleteRange', input, context, (host) => deleteRange(input, host));
}
