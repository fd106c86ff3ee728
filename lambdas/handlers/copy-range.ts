import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { copyRange } from '../engine/tasks/copy-range';
import { type HostContext, lambdaHost } from '../host/lambda-host';

/** Task `CopyRange`: copies what differs in one key range until its budget is spent; returns where to go on. */
export async function handler(input: RangeInput, context: HostContext): Promise<RangeResult> {
  return copyRange(input, lambdaHost(context));
}
