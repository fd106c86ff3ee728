import type { CredentialsExpiredError } from '../../../statemachine/errors';
import type { BucketReader, ObjectAttributes, RestorableSource } from './bucket-reader';
import type { ObjectUploads } from './object-uploads';
import type { StoreError } from './store-error';

export interface CopyRequest {
  readonly key: string;
  /** The copy is made only of this version of the source. */
  readonly sourceETag: string;
  /** Of that version, where it is known. */
  readonly sizeBytes?: number;
  readonly storageClass: string;
  readonly tags: 'copy' | 'ignore';
  readonly websiteRedirect?: string;
  /** Sent anew with the copy, for a server whose own copies lose some. */
  readonly attributes?: ObjectAttributes;
  /** What the destination must hold: this ETag, or nothing at all. */
  readonly destination?: { readonly eTag: string } | 'absent';
}

export interface DeleteRequest {
  readonly key: string;
  /** Delete only what has this ETag. */
  readonly eTag?: string;
}

/** Leaves out what need not be deleted any more. @param attempt  1 or more */
export type ConfirmDeletes = (
  requests: readonly DeleteRequest[],
  attempt: number,
) => Promise<readonly DeleteRequest[]> | readonly DeleteRequest[];

export interface DeleteFailure {
  readonly key: string;
  /** `CredentialsExpiredError`: it was not asked for. */
  readonly error: StoreError | CredentialsExpiredError;
}

/** Reads and writes the destination. All keys are relative. */
export interface BucketWriter extends BucketReader {
  /** Copies one object of the source here. @returns the copy's ETag @throws StoreError */
  copyObject(request: CopyRequest): Promise<string>;
  readonly uploads: ObjectUploads;
  /**
   * Deletes up to 1,000 objects; returns those that S3 did not delete. Of a request that failed these are all.
   *
   * @param confirm  asked before each attempt, which is about what it returns
   */
  deleteObjects(requests: readonly DeleteRequest[], confirm?: ConfirmDeletes): Promise<DeleteFailure[]>;
}

/** Both sides of a run. */
export interface Buckets {
  readonly source: RestorableSource;
  readonly destination: BucketWriter;
  /** No server reaches both, so each copy goes through this machine. */
  readonly streams?: boolean;
}
