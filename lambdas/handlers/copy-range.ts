import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { copyRange } from '../engine/tasks/copy-range';
import type { HostContext } from '../host/lambda-host';
import { runTask } from '../host/run-task';

/** Task `CopyRange`: copies what differs in one key range until its budget is spent; returns where to go on. */
export async function handler(input: RangeInput, context: HostContext): Promise<RangeResult> {
  return runTask('CopyRange', input, context, (host) => copyRange(input, host));
}
