import type { RangeInput, RangeResult } from '../../statemachine/contract';
import { type HostContext, lambdaHost } from '../aws/lambda-host';
import { copyRange } from '../engine/copy-range';

/** Task `CopyRange`: copies what differs in one key range until its budget is spent; returns where to go on. */
export async function handler(input: RangeInput, context: HostContext): Promise<RangeResult> {
  return copyRange(input, lambdaHost(context));
}
