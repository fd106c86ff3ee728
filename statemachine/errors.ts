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
  'OverwriteGuardError',
  'CostGuardError',
  'StrictError',
  'NotConfirmedError',
  'AlreadyRunningError',
  'HeldError',
  'LockUnsupportedError',
  'ListingError',
  'SyncIncompleteError',
  'DriftError',
  'InterruptedError',
  'RunNameTakenError',
  'ContractVersionError',
  'CredentialsExpiredError',
  'ReportLocationError',
  'PlanChangedError',
  'PlanOutdatedError',
  'UndoIncompleteError',
] as const;
export type ErrorName = (typeof ERROR_NAMES)[number];

/** The errors by which a guard refuses a complete plan. */
export const GUARD_ERRORS: readonly string[] = [
  'DeleteGuardError',
  'OverwriteGuardError',
  'CostGuardError',
  'StrictError',
] satisfies ErrorName[];

/**
 * Name of a `ListingError` inside the state machine if another attempt would meet it again. `Retry` matches names, so it
 * needs its own. Only the execution's history shows it.
 */
export const LASTING_LISTING_ERROR = 'LastingListingError';

/** Whether an error is one of ours. */
export function isErrorName(name: string): boolean {
  return name === LASTING_LISTING_ERROR || ERROR_NAMES.some((known) => known === name);
}

/** The input is invalid. Nothing was read or written. */
export class InvalidInputError extends BucketsyncError {
  override readonly name = 'InvalidInputError';
  /**
   * The field of the input that is wrong, if the error is about one. It exists only in the process that checked the input: Step
   * Functions hands on only the name and the message of an error, so the message names the field as well.
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

/** The run lacks a permission that it requires. */
export class AccessDeniedError extends BucketsyncError {
  override readonly name = 'AccessDeniedError';
}

/** The source is empty and the destination is not. This is most likely a mistake, so the run deletes nothing. */
export class SourceEmptyError extends BucketsyncError {
  override readonly name = 'SourceEmptyError';
}

/** There would be more deletes than `maxDeletes` allows, or without it than `defaultDeleteLimit`. */
export class DeleteGuardError extends BucketsyncError {
  override readonly name = 'DeleteGuardError';
}

/** A copy would replace more objects than `maxOverwrites` allows. */
export class OverwriteGuardError extends BucketsyncError {
  override readonly name = 'OverwriteGuardError';
}

/** With `strict`: a folder or a glob matches nothing, or the filters leave everything out. */
export class StrictError extends BucketsyncError {
  override readonly name = 'StrictError';
}

/** The run would cost more than `maxCost` allows. */
export class CostGuardError extends BucketsyncError {
  override readonly name = 'CostGuardError';
}

/** Somebody was asked on a terminal whether to carry out the plan, and did not say yes. */
export class NotConfirmedError extends BucketsyncError {
  override readonly name = 'NotConfirmedError';
}

/** Another run holds the lock of the same destination. */
export class AlreadyRunningError extends BucketsyncError {
  override readonly name = 'AlreadyRunningError';
}

/** Somebody holds the destination: no run writes there until it is released. The run has not failed, but done nothing. */
export class HeldError extends BucketsyncError {
  override readonly name = 'HeldError';
}

/** The destination's S3 ignores or rejects conditional writes, so it cannot keep a lock. */
export class LockUnsupportedError extends BucketsyncError {
  override readonly name = 'LockUnsupportedError';
}

export interface ListingErrorOptions extends ErrorOptions {
  /** S3 rejected the continuation token that it had given itself. */
  readonly refusesToken?: boolean;
  /** The answer is not a list page, or not in order. If the request is repeated at once, the page may be correct. */
  readonly isBroken?: boolean;
  /** Another attempt would not help. */
  readonly isLasting?: boolean;
}

/** S3 did not list a bucket to its end. Keys that were not listed must not be compared. */
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

/** Another run of the same name has written its report, which must not be replaced. */
export class RunNameTakenError extends BucketsyncError {
  override readonly name = 'RunNameTakenError';
}

/** Somebody stopped the run. It finished what it had begun. */
export class InterruptedError extends BucketsyncError {
  override readonly name = 'InterruptedError';

  constructor(message = 'The run was stopped. It finished what it had begun', options?: ErrorOptions) {
    super(message, options);
  }
}

/** The state has another version of the contract, because the stack was deployed during the run. */
export class ContractVersionError extends BucketsyncError {
  override readonly name = 'ContractVersionError';
}

/** S3 no longer accepts the credentials of the run, and there are no newer ones. The run cannot continue. */
export class CredentialsExpiredError extends BucketsyncError {
  override readonly name = 'CredentialsExpiredError';
}

/** The folder for reports and locks cannot be used. */
export class ReportLocationError extends BucketsyncError {
  override readonly name = 'ReportLocationError';
}

/** Somebody has changed or removed a kept plan. Nothing of the changed part was done. */
export class PlanChangedError extends BucketsyncError {
  override readonly name = 'PlanChangedError';
}

/** One of the buckets has changed since the plan was made. The objects that changed were left alone; all others were done. */
export class PlanOutdatedError extends BucketsyncError {
  override readonly name = 'PlanOutdatedError';
}

/** Some objects are not as they were before the run that was undone: somebody has changed them since, or their former version is gone. */
export class UndoIncompleteError extends BucketsyncError {
  override readonly name = 'UndoIncompleteError';
}
