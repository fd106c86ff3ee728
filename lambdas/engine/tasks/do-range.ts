import type { RangeInput, RangeResult } from '../../../statemachine/contract';
import type { Host } from '../ports/host';
import { fitError } from '../range/fit-error';
import { beginRange, type RangeTask } from '../range/range-task';
import { noteAttempt } from '../report/lost-attempts';
import { requireContract } from '../run/require-contract';
import { untilStopped } from '../run/until-stopped';

/** How long a stopped run still waits for answers to reads, so that it can say how far it came. */
export const LAST_READS_MS = 3_000;

/**
 * Begins a range and does its work. If somebody stops the run, a phase that writes finishes what it has begun. A phase that only reads has
 * nothing to finish, and ends soon.
 *
 * @throws InterruptedError  the run was stopped, and S3 did not answer in time
 */
export function doRange(
  input: RangeInput,
  host: Host,
  loop: 'copy' | 'delete',
  work: (task: RangeTask) => Promise<RangeResult>,
): Promise<RangeResult> {
  const { run, phase } = input;
  const begin = async () => {
    requireContract(run.contract);
    await noteAttempt(input, loop, host);
    return work(await beginRange(input, host, loop));
  };
  return fitError(input, () => (phase.write ? begin() : untilStopped(begin, host, { graceMs: LAST_READS_MS })));
}
