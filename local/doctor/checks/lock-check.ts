import { formatDuration } from '../../../wording/numbers';
import type { BucketFacts, BucketSettings, LockingRun } from '../bucket-facts';
import { failure, judge, ok, type Verdict, warning } from '../finding';
import { placeOf } from '../place-of';

/** Few runs take longer. */
const LONG_MS = 86_400_000;

/** Who holds the lock of the destination, and whether that run is still there. */
export function checkLock(facts: BucketFacts, { lock, now }: BucketSettings): Verdict {
  return judge(lock, ({ unreadable, runs }) => {
    const [place] = unreadable;
    if (place !== undefined) {
      return failure(
        `the lock ${place} cannot be read, so no run starts: make sure that none is active, and remove it`,
        unlock(facts, facts.prefix, '--force'),
      );
    }
    const left = runs.filter(({ ended }) => ended);
    const doubtful = runs.filter((run) => !run.ended && isDoubtful(run, now));
    const [first] = [...doubtful, ...left];
    if (first) return warning(describe(first, now), unlock(facts, first.folder));
    const [active] = runs;
    return ok(
      active ? `${nameOf(active)} holds the lock, and has not ended as far as is known` : 'no run holds the lock',
    );
  });
}

/** A hold is no fault, but nobody should forget it. */
export function checkHold(facts: BucketFacts, { lock }: BucketSettings): Verdict {
  return judge(lock, ({ holds }) => {
    const [hold] = holds;
    if (!hold) return ok('nobody holds it');
    const why = hold.reason === undefined ? '' : ` (${hold.reason})`;
    const place = placeOf({ bucket: facts.bucket, prefix: hold.folder });
    return warning(`is held since ${hold.since}${why}: no run writes there`, [
      ...['bucketsync', 'release', place],
      ...facts.ownOptions,
    ]);
  });
}

function isDoubtful({ executionId, doubt, startedAt }: LockingRun, now: number): boolean {
  return executionId === undefined || doubt !== undefined || now - Date.parse(startedAt) > LONG_MS;
}

function describe(run: LockingRun, now: number): string {
  if (run.ended) return `${nameOf(run)} has ended and still holds the lock: the next run takes it over`;
  if (run.doubt !== undefined) return `${nameOf(run)} holds the lock, and may have ended: ${run.doubt}`;
  if (run.executionId === undefined) return `${nameOf(run)} holds the lock: no run starts before it ends`;
  return `${nameOf(run)} has held the lock for ${formatDuration(now - Date.parse(run.startedAt))}`;
}

function nameOf({ executionId, startedAt }: LockingRun): string {
  return `${executionId ?? 'a run that keeps its reports elsewhere'}, since ${startedAt},`;
}

/** The command judges once more, and removes only the lock of a run that has ended. */
function unlock({ bucket, ownOptions }: BucketFacts, prefix: string, ...more: readonly string[]) {
  return ['bucketsync', 'unlock', placeOf({ bucket, prefix }), ...more, ...ownOptions];
}
