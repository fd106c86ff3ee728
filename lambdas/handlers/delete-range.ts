import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { deleteRange } from '../engine/tasks/delete-range';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `DeleteRange`: deletes orphans in one key range until its budget is spent; returns where to go on. */
export async function handler(input: RangeInput, context: HostContext): Promise<RangeResult> {
  return deleteRange(input, lambdaHost(context));
}
