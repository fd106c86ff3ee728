import type { CredentialsExpiredError } from '../../../statemachine/errors';
import type { BucketReader, ObjectAttributes, RestorableSource } from './bucket-reader';
import type { ObjectUploads, WriteCondition } from './object-uploads';
import type { StoreError } from './store-error';

export interface CopyRequest {
  readonly key: string;
  /** The copy is made only of this version of the source. */
  readonly sourceETag: string;
  /** Of that version, if it is known. */
  readonly sizeBytes?: number;
  readonly storageClass: string;
  /** The copy should have the source's class, which an answer about this object may show better than the list page. */
  readonly keepsClass?: boolean;
  readonly tags: 'copy' | 'ignore';
  readonly websiteRedirect?: string;
  /** Sent with the copy, for a server that loses headers when it copies. */
  readonly attributes?: ObjectAttributes;
  readonly destination?: WriteCondition;
}

export interface DeleteRequest {
  readonly key: string;
  /** Delete the object only if it has this ETag. */
  readonly eTag?: string;
}

/** Leaves out objects that no longer have to be deleted. @param attempt  1 or more */
export type ConfirmDeletes = (
  requests: readonly DeleteRequest[],
  attempt: number,
) => Promise<readonly DeleteRequest[]> | readonly DeleteRequest[];

export interface DeleteFailure {
  readonly key: string;
  /** `CredentialsExpiredError`: no request was sent for this key. */
  readonly error: StoreError | CredentialsExpiredError;
}

/** Reads and writes the destination. All keys are relative. */
export interface BucketWriter extends BucketReader {
  /** Copies one object of the source here. @returns the copy's ETag @throws StoreError */
  copyObject(request: CopyRequest): Promise<string>;
  readonly uploads: ObjectUploads;
  /**
   * Deletes up to 1,000 objects. Returns those that S3 did not delete: all of them if the request failed.
   *
   * @param confirm  called before each attempt; the attempt deletes only what it returns
   */
  deleteObjects(requests: readonly DeleteRequest[], confirm?: ConfirmDeletes): Promise<DeleteFailure[]>;
}

/** Both sides of a run. */
export interface Buckets {
  readonly source: RestorableSource;
  readonly destination: BucketWriter;
  /** No server copies from one bucket to the other, so each copy goes through this machine. This may show only in the first copy. */
  readonly streams?: boolean;
}
