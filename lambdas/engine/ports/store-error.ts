import type { Lack } from '../../../statemachine/lacks';

export type StoreErrorReason =
  | 'gone'
  | 'changed'
  | 'archived'
  | 'access-denied'
  | 'slow-down'
  | 'upload-ended'
  | 'key-unusable'
  | 'hidden-metadata'
  | 'guarded'
  | 'listing-incomplete'
  | 'contradictory'
  | 'wrong-checksum'
  | 'refused';

/** A copy through this machine was ended in the middle, because the run or its invocation ends. Nothing was written. */
export class StreamStoppedError extends Error {
  override readonly name = 'StreamStoppedError';
}

/** S3 has rejected a request for one object. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    /** What it means for the object. */
    readonly reason: StoreErrorReason,
    /** S3's own code and message, with the ids by which S3's support finds the request. */
    message: string,
    cause?: unknown,
    /** Code and status for decisions in the program; absent if the error does not come from a server. */
    readonly said?: { readonly code: string; readonly status?: number },
  ) {
    super(message, { cause });
  }
}

/** The server does not know such requests. There may be another way to reach the same result. */
export class UnsupportedError extends StoreError {
  constructor(
    message: string,
    cause?: StoreError,
    /** What to note about the server after another way has worked. */
    readonly lack?: Lack,
  ) {
    super('refused', message, cause, cause?.said);
  }
}

/** The way between two servers is too slow for an object, however small its parts are. No other request brings more of it. */
export class TooSlowError extends StoreError {
  constructor(message: string) {
    super('refused', message);
  }
}
