import type { RangeInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { fitError } from '../range/fit-error';
import { untilStopped } from '../run/until-stopped';

/** So long a run that was stopped waits for answers that it only reads: with them it says how far it came. */
export const LAST_READS_MS = 3_000;

/**
 * Does a range's work. What a phase that writes has begun is finished, whenever somebody stops the run. One that only reads has
 * nothing to finish.
 *
 * @throws InterruptedError  the run was stopped, and S3 did not answer any more
 */
export function doRange<T>(input: RangeInput, host: Host, work: () => Promise<T>): Promise<T> {
  const { write } = input.phase;
  return fitError(input, () => (write ? work() : untilStopped(work, host, { graceMs: LAST_READS_MS })));
}
