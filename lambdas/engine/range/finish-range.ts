import type { FailedRange, RangeResult } from '../../../statemachine/contract';
import { CredentialsExpiredError, InterruptedError, SourceEmptyError } from '../../../statemachine/errors';
import { withFittingListings } from '../split/range-share';
import { abortAll } from '../uploads/unfinished-uploads';
import type { WalkEnd } from '../walk/walker';
import type { Ledger } from './ledger';
import type { RangeTask } from './range-task';

/**
 * Waits for everything that was begun, and returns what is left.
 *
 * A walk that failed after some keys keeps what it did and hands on the rest. The next attempt meets the error first and
 * throws it. An empty source ends the run at once, because no attempt may delete more.
 *
 * @returns a result with an error, which ends the loop, if the credentials have expired
 * @throws AlreadyRunningError | InterruptedError  the run has lost its lock meanwhile
 */
export async function finishRange(
  task: RangeTask,
  ends: readonly WalkEnd[],
): Promise<RangeResult & Partial<FailedRange>> {
  await settle(task);
  const expired = findExpired(task, ends);
  const { lost } = task.fence;
  if (lost && !expired) {
    // Their ids would be lost.
    await abortAll(task.uploads.handedOn, task.buckets.destination.uploads);
    throw lost;
  }
  const failed = ends.some(({ error }) => error !== undefined);
  if (failed && !expired) throwIfNothingBegan(task, ends);
  if (!failed) {
    task.ledger.expectBalance();
    task.atDestination.expectBalance();
  }
  return { ...resultOf(task, ends), ...(expired && { error: { Error: expired.name, Cause: expired.message } }) };
}

async function settle({ concurrency, large, streamEnd, report, lacks, tellProgress }: RangeTask): Promise<void> {
  await concurrency.settled();
  await large.settled();
  streamEnd.close();
  await report.close();
  await lacks?.close();
  tellProgress();
}

/** Completed work counts, so the range does not fail as a whole. */
function findExpired({ stops, fence }: RangeTask, ends: readonly WalkEnd[]): CredentialsExpiredError | undefined {
  const errors = [stops.ended, fence.lost, ...ends.map(({ error }) => error)];
  return errors.find((error) => error instanceof CredentialsExpiredError);
}

function throwIfNothingBegan({ stops }: RangeTask, ends: readonly WalkEnd[]): void {
  const errors = ends.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const empty = errors.find((error) => error instanceof SourceEmptyError);
  if (empty) throw empty;
  if (ends.some(({ begun }) => begun)) return;
  throw stops.interrupted ? new InterruptedError() : errors[0];
}

function resultOf(task: RangeTask, ends: readonly WalkEnd[]): RangeResult {
  const { input, ledger, atDestination, uploads, deadline, patience, content, filter } = task;
  const left = ends.flatMap(({ remainder }) => remainder ?? []);
  const carriedOn = uploads.carriedOn(left);
  return {
    counters: ledger.counters,
    tokens: withFittingListings([...left, ...ledger.handedOn], input.share.ranges),
    ...(carriedOn.length > 0 && { uploads: carriedOn }),
    elapsedMs: deadline.elapsedMs,
    ...foundAtDestination(atDestination),
    ...(patience.waitedMs > 0 && { awayMs: patience.waitedMs }),
    ...(content.place !== undefined && { content: content.place }),
    ...(filter.newlyMatched !== 0 && { matched: filter.newlyMatched }),
  };
}

function foundAtDestination({ counters }: Ledger): Pick<RangeResult, 'atDestination'> {
  const { listed, deleted, unchanged, skipped, failed, deferred } = counters;
  const found = { listed, deleted, unchanged, skipped, failed, ...(deferred !== undefined && { deferred }) };
  return listed === 0 ? {} : { atDestination: found };
}
