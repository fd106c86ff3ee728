import type { RangeInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { fitError } from '../range/fit-error';
import { untilStopped } from '../run/until-stopped';

/** How long a stopped run still waits for answers to reads, so that it can say how far it came. */
export const LAST_READS_MS = 3_000;

/**
 * Does the work of a range. If somebody stops the run, a phase that writes finishes what it has begun. A phase that only reads has
 * nothing to finish, and ends soon.
 *
 * @throws InterruptedError  the run was stopped, and S3 did not answer in time
 */
export function doRange<T>(input: RangeInput, host: Host, work: () => Promise<T>): Promise<T> {
  const { write } = input.phase;
  return fitError(input, () => (write ? work() : untilStopped(work, host, { graceMs: LAST_READS_MS })));
}
