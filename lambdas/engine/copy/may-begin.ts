import { SLOWEST_BYTES_PER_MS, SLOWEST_STREAM_BYTES_PER_MS } from '../../../statemachine/budgets';
import type { RangeInput } from '../../../statemachine/contract';
import type { Buckets } from '../ports/bucket-writer';
import type { Deadline } from '../range/deadline';

/** What a copy looks at before it begins a request. */
export interface Time {
  readonly buckets: Buckets;
  readonly deadline: Deadline;
}

/** Whether a request that copies this many bytes ends before this invocation is ended by force. */
export function hasTimeFor({ buckets, deadline }: Time, bytes: number): boolean {
  return deadline.hasTimeFor(bytes, buckets.streams ? SLOWEST_STREAM_BYTES_PER_MS : SLOWEST_BYTES_PER_MS);
}

/** Whether an earlier round handed the object on: then a range ends at it, as a rule a range of this one object. */
export function wasHandedOn({ tokens }: Pick<RangeInput, 'tokens'>, key: string): boolean {
  return tokens.some(({ until }) => until === key);
}
