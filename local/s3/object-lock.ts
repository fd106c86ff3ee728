import type { Headers } from './checksums';
import { invalidRequest, S3Error } from './errors';

/** Object Lock on one version. */
export interface Lock {
  readonly mode?: string;
  readonly retainUntil?: Date;
  readonly legalHold?: boolean;
}

const HEADER = 'x-amz-object-lock-';

/** The lock that a write requests. A bucket without Object Lock rejects it. */
export function readLock(headers: Headers, bucketHasLock: boolean): Lock | undefined {
  const mode = headers[`${HEADER}mode`];
  const until = headers[`${HEADER}retain-until-date`];
  const legalHold = headers[`${HEADER}legal-hold`] === 'ON';
  if (mode === undefined && until === undefined && !legalHold) return undefined;
  if (!bucketHasLock) throw invalidRequest('Bucket is missing Object Lock Configuration');
  if ((mode === undefined) !== (until === undefined))
    throw invalidRequest('x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied');
  return { mode, retainUntil: until === undefined ? undefined : new Date(until), legalHold };
}

export function lockHeaders(lock: Lock | undefined): Headers {
  return {
    [`${HEADER}mode`]: lock?.mode,
    [`${HEADER}retain-until-date`]: lock?.retainUntil?.toISOString(),
    [`${HEADER}legal-hold`]: lock?.legalHold ? 'ON' : undefined,
  };
}

/** @throws S3Error AccessDenied when the version is held, or retained beyond `now` */
export function checkUnlocked(lock: Lock | undefined, now: Date, bypassGovernance: boolean): void {
  const retained = lock?.retainUntil !== undefined && lock.retainUntil > now;
  if (lock?.legalHold || (retained && !(lock.mode === 'GOVERNANCE' && bypassGovernance)))
    throw new S3Error(403, 'AccessDenied', 'Access Denied because object protected by object lock.');
}
