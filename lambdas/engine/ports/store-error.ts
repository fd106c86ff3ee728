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

/** A copy that went through this machine was ended in the middle, since the run or its invocation ends. Nothing was written. */
export class StreamStoppedError extends Error {
  override readonly name = 'StreamStoppedError';
}

/** A request for one object that S3 refused. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    /** What it means for the object. */
    readonly reason: StoreErrorReason,
    /** S3's own code and message, with what the request can be found by. */
    message: string,
    cause?: unknown,
    /** The same for whoever has to decide; absent where no server said it. */
    readonly said?: { readonly code: string; readonly status?: number },
  ) {
    super(message, { cause });
  }
}

/** The server does not know such requests. There may be another way to the same end. */
export class UnsupportedError extends StoreError {
  constructor(
    message: string,
    cause?: StoreError,
    /** What is to be noted of the server once another way has worked. */
    readonly lack?: Lack,
  ) {
    super('refused', message, cause, cause?.said);
  }
}
