import type { Run } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { LOCK_KEY } from '../../../statemachine/reserved-folder';
import { formatS3Url } from '../../../wording/s3-url';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { StoreError } from '../ports/store-error';
import { overlap } from './lock-document';

/** A lock that changes more often while it is looked at is no reason to believe in two buckets. */
const MOST_TRIES = 10;

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
  if (!(await shareLock(whole))) return;
  throw new InvalidInputError(
    `Expected \`source\` and \`destination\` to be two buckets: an object written to ${formatS3Url(destination, LOCK_KEY)} is in ` +
      `${formatS3Url(source, LOCK_KEY)} as well. Both endpoints lead to the same server, and ${formatS3Url(source, prefix)} and ` +
      `${formatS3Url(destination, destinationPrefix)} overlap, so the mirror would copy into or delete from its own source`,
  );
}

/** Another run may write the lock between two answers. So the sides differ only if the lock stayed as it was meanwhile. */
async function shareLock({ source, destination }: Buckets): Promise<boolean> {
  let here = await headOfLock(destination);
  for (let tries = 0; here && tries < MOST_TRIES; tries++) {
    const there = await headOfLock(source);
    if (!there) return false;
    if (there.eTag === here.eTag) return true;
    const later = await headOfLock(destination);
    if (later?.eTag === here.eTag) return false;
    here = later;
  }
  return here !== undefined;
}

/** @returns undefined if there is no lock, or it may not be read @throws StoreError  the server does not say */
async function headOfLock(side: BucketReader): Promise<ObjectHead | undefined> {
  try {
    return await side.headObject(LOCK_KEY);
  } catch (error) {
    if (error instanceof StoreError && (error.reason === 'gone' || error.reason === 'access-denied')) return undefined;
    throw error;
  }
}
