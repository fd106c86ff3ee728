/**
 * The errors that `Retry` and `Catch` match by name. Each name is a literal, so that minifying cannot change it.
 * `docs/runbook.md` has a section for each.
 */
export abstract class BucketsyncError extends Error {
  abstract override readonly name: ErrorName;
}

export const ERROR_NAMES = [
  'InvalidInputError',
  'BucketNotFoundError',
  'AccessDeniedError',
  'SourceEmptyError',
  'DeleteGuardError',
  'AlreadyRunningError',
  'LockUnsupportedError',
  'ListingError',
  'SyncIncompleteError',
  'DriftError',
  'InterruptedError',
  'RunNameTakenError',
  'ContractVersionError',
  'CredentialsExpiredError',
  'ReportLocationError',
] as const;
export type ErrorName = (typeof ERROR_NAMES)[number];

/**
 * What a `ListingError` is called between a Task and the end of the run if another attempt would meet it again: `Retry` goes by names.
 * Nobody else ever sees this name.
 */
export const LASTING_LISTING_ERROR = 'LastingListingError';

/** Whether an error is one of ours. */
export function isErrorName(name: string): boolean {
  return name === LASTING_LISTING_ERROR || ERROR_NAMES.some((known) => known === name);
}

/** The input is wrong; nothing was touched. */
export class InvalidInputError extends BucketsyncError {
  override readonly name = 'InvalidInputError';
  /**
   * The field of the input that is wrong, if the error is about one. Only who checks the input in the same process has it: Step
   * Functions hands on the name and the message of an error, so the message names the field as well.
   */
  readonly field: string | undefined;

  constructor(message: string, { field, ...options }: ErrorOptions & { readonly field?: string | undefined } = {}) {
    super(message, options);
    this.field = field;
  }
}

/** A bucket does not exist. */
export class BucketNotFoundError extends BucketsyncError {
  override readonly name = 'BucketNotFoundError';
}

/** The run may not do what it needs to do. */
export class AccessDeniedError extends BucketsyncError {
  override readonly name = 'AccessDeniedError';
}

/** The source is empty and the destination is not: most likely a mistake, so nothing is deleted. */
export class SourceEmptyError extends BucketsyncError {
  override readonly name = 'SourceEmptyError';
}

/** There would be more deletes than `maxDeletes` allows. */
export class DeleteGuardError extends BucketsyncError {
  override readonly name = 'DeleteGuardError';
}

/** Another run holds the lock of the same destination. */
export class AlreadyRunningError extends BucketsyncError {
  override readonly name = 'AlreadyRunningError';
}

/** The destination's S3 does not heed the conditions of writes, or does not take such writes, so it cannot keep a lock. */
export class LockUnsupportedError extends BucketsyncError {
  override readonly name = 'LockUnsupportedError';
}

export interface ListingErrorOptions extends ErrorOptions {
  /** S3 rejected the continuation token that it had given itself. */
  readonly refusesToken?: boolean;
  /** What came is no list page, or not in order: the same page may come right if it is asked for again at once. */
  readonly isBroken?: boolean;
  /** To ask again would not help. */
  readonly isLasting?: boolean;
}

/** S3 did not list a bucket to its end; what was not listed must not be compared. */
export class ListingError extends BucketsyncError {
  override readonly name = 'ListingError';
  readonly refusesToken: boolean;
  readonly isBroken: boolean;
  readonly isLasting: boolean;

  constructor(
    message: string,
    { refusesToken = false, isBroken = false, isLasting = false, ...options }: ListingErrorOptions = {},
  ) {
    super(message, options);
    this.refusesToken = refusesToken;
    this.isBroken = isBroken;
    this.isLasting = isLasting;
  }
}

/** Some objects could not be copied or deleted; all others were. */
export class SyncIncompleteError extends BucketsyncError {
  override readonly name = 'SyncIncompleteError';
}

/** A verify phase found differences. */
export class DriftError extends BucketsyncError {
  override readonly name = 'DriftError';
}

/** Another run of the same name has left its report, which must not be replaced. */
export class RunNameTakenError extends BucketsyncError {
  override readonly name = 'RunNameTakenError';
}

/** Somebody stopped the run; what was begun was finished. */
export class InterruptedError extends BucketsyncError {
  override readonly name = 'InterruptedError';

  constructor(
    message = 'The run was stopped; what was begun was finished. Run it again to go on',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The state is of another version of the contract: the stack was deployed while the run was at work. */
export class ContractVersionError extends BucketsyncError {
  override readonly name = 'ContractVersionError';
}

/** S3 no longer takes the credentials of the run, and there are no others: nothing more of it can be done. */
export class CredentialsExpiredError extends BucketsyncError {
  override readonly name = 'CredentialsExpiredError';
}

/** The folder for reports and locks cannot be used. */
export class ReportLocationError extends BucketsyncError {
  override readonly name = 'ReportLocationError';
}
