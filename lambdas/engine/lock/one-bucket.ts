import type { Run } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { LOCK_KEY, RESERVED_FOLDER } from '../../../statemachine/reserved-folder';
import { formatS3Url } from '../../../wording/s3-url';
import type { BucketProbes } from '../ports/bucket-probes';
import type { BucketReader, ObjectHead } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import type { RequestObserver } from '../ports/request-observer';
import { StoreError } from '../ports/store-error';
import { overlap } from './lock-document';

/** An object that changes more often while it is looked at is no reason to believe in two buckets. */
const MOST_TRIES = 10;

const ALLOW = 'If they are two buckets, allow s3:GetObject on';

/** The first object of each side, with its relative key. */
interface First {
  readonly source: { readonly key: string } | undefined;
  readonly destination: { readonly key: string } | undefined;
}

/**
 * Rejects a mirror whose two buckets are the same bucket. Two endpoints may be two names of one server. Then two buckets of one name
 * are one bucket, and if the folders overlap, the mirror would delete its own source.
 *
 * | the lock is        | what shows one bucket                                                                 |
 * | ------------------ | ------------------------------------------------------------------------------------- |
 * | at the destination | the source has the lock that the run has just written                                 |
 * | elsewhere          | both sides show the same object. To be sure, the run then writes an object of its own |
 *
 * Credentials of the source may not allow to read the lock. Then an object in the folders decides.
 *
 * @throws InvalidInputError
 */
export async function refuseOneBucket(run: Run, first: First, host: Host, observer: RequestObserver): Promise<void> {
  const { input } = run;
  if (input.source !== input.destination || !overlap(input.prefix, input.destinationPrefix)) return;
  const whole = host.openBuckets({ ...run, input: { ...input, prefix: '', destinationPrefix: '' } }, observer);
  const shared = await findShared(run, first, whole, host.openProbes(run));
  if (shared === undefined) return;
  const { source, destination, prefix, destinationPrefix } = input;
  throw new InvalidInputError(
    `Expected \`source\` and \`destination\` to be two buckets: ${formatS3Url(destination, shared)} is in ` +
      `${formatS3Url(source, shared)} as well. Both endpoints lead to the same server, and ${formatS3Url(source, prefix)} and ` +
      `${formatS3Url(destination, destinationPrefix)} overlap, so the mirror would copy into or delete from its own source` +
      (shared === LOCK_KEY ? '' : `. ${ALLOW} ${formatS3Url(source, RESERVED_FOLDER)}*, so that the run can tell`),
  );
}

/** @returns the key of an object that is in both; undefined if they are two buckets */
async function findShared(
  { input, lockId }: Run,
  first: First,
  whole: Buckets,
  probes: BucketProbes,
): Promise<string | undefined> {
  const isLockThere = lockId !== undefined && input.lock === 'destination';
  const isLockShared = isLockThere ? await share(LOCK_KEY, whole, sameContent) : undefined;
  if (isLockShared !== undefined) return isLockShared ? LOCK_KEY : undefined;
  const key = keyInBoth(input, first);
  if (key === undefined || !(await share(key, whole, sameDate))) return undefined;
  // A mirror that copies within a second of the original makes an object that looks the same.
  return !isLockThere && (await probes.isSeenAtSource()) === false ? undefined : key;
}

/** A whole key within both folders: of the folder that is in the other one. */
function keyInBoth({ prefix, destinationPrefix }: Run['input'], first: First): string | undefined {
  const [folder, object] =
    prefix.length >= destinationPrefix.length ? [prefix, first.source] : [destinationPrefix, first.destination];
  return object && `${folder}${object.key}`;
}

/**
 * Another run may write the object between two answers. So the sides differ only if it stayed as it was meanwhile.
 *
 * @returns undefined if one of the sides does not let the run read it
 */
async function share(key: string, { source, destination }: Buckets, isSame: Same): Promise<boolean | undefined> {
  let here = await headOf(key, destination);
  for (let tries = 0; here && here !== 'denied' && tries < MOST_TRIES; tries++) {
    const there = await headOf(key, source);
    if (there === 'denied') return undefined;
    if (!there) return false;
    if (isSame(here, there)) return true;
    const later = await headOf(key, destination);
    if (later && later !== 'denied' && isSame(later, here)) return false;
    here = later;
  }
  return here === 'denied' ? undefined : here !== undefined;
}

type Same = (one: ObjectHead, other: ObjectHead) => boolean;

/** Enough for the lock, since no two locks have the same content. */
const sameContent: Same = (one, other) => one.eTag === other.eTag;

/** A copy has a date of its own. */
const sameDate: Same = (one, other) => sameContent(one, other) && one.lastModified === other.lastModified;

/** @returns undefined if the object is not there @throws StoreError  the server does not say */
async function headOf(key: string, side: BucketReader): Promise<ObjectHead | 'denied' | undefined> {
  try {
    return await side.headObject(key);
  } catch (error) {
    if (error instanceof StoreError && error.reason === 'gone') return undefined;
    if (error instanceof StoreError && error.reason === 'access-denied') return 'denied';
    throw error;
  }
}
