import type { Run } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { LOCK_KEY } from '../../../statemachine/reserved-folder';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { overlap } from './lock-document';

/**
 * Rejects a mirror whose two buckets are the same bucket. Two endpoints may be two names of one server. Then two buckets of one name
 * are one bucket, and if the folders overlap, the mirror would delete its own source. The run's own lock shows it: the run has
 * written the lock at the destination, so no other bucket can hold it.
 *
 * @throws InvalidInputError
 */
export async function refuseOneBucket(run: Run, host: Host, observer: RequestObserver): Promise<void> {
  const { input, lockId } = run;
  const { source, destination, prefix, destinationPrefix, lock } = input;
  if (source !== destination || !overlap(prefix, destinationPrefix)) return;
  if (lockId === undefined || lock !== 'destination') return;
  const whole = host.openBuckets({ ...run, input: { ...input, prefix: '', destinationPrefix: '' } }, observer);
  const here = await headOfLock(whole.destination);
  const there = await headOfLock(whole.source);
  if (!here || there?.eTag !== here.eTag) return;
  throw new InvalidInputError(
    `Expected \`source\` and \`destination\` to be two buckets: what was written to s3://${destination}/${LOCK_KEY} is in ` +
      `s3://${source}/${LOCK_KEY}, too. Both endpoints lead to the same server, and s3://${source}/${prefix} and ` +
      `s3://${destination}/${destinationPrefix} overlap, so the mirror would copy into or delete from its own source`,
  );
}

/** @returns undefined if there is no lock, or it may not be read */
function headOfLock(side: BucketReader): Promise<ObjectHead | undefined> {
  return side.headObject(LOCK_KEY).catch(() => undefined);
}
