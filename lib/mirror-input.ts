import type { OverridableField } from '../statemachine/input/narrowing';
import type { SyncRequest } from '../statemachine/input/sync-input';
import type { SyncInvalidation } from './sync-invalidation';

/**
 * The input of every execution of a mirror: what docs/input.md describes, without the fields that name a folder or belong to one
 * execution. A value that the input would reject is rejected at synthesis.
 */
export interface MirrorInput {
  /**
   * Relative key: leave everything up to and including it alone, on both sides.
   *
   * @default none
   */
  readonly startAfter?: string;

  /**
   * Globs for relative keys. Only what matches one takes part.
   *
   * @default everything
   */
  readonly include?: string[];

  /**
   * Globs for relative keys. What matches one is neither copied nor deleted.
   *
   * @default none
   */
  readonly exclude?: string[];

  /**
   * Leave out smaller objects: bytes, or a text such as `5MiB`.
   *
   * @default any size
   */
  readonly minSize?: number | string;

  /**
   * Leave out larger objects: bytes, or a text such as `5MiB`.
   *
   * @default any size
   */
  readonly maxSize?: number | string;

  /**
   * Leave out objects last modified before this time: a date, or a duration such as `7d`.
   *
   * @default any time
   */
  readonly newerThan?: string;

  /**
   * Leave out objects last modified at this time or later.
   *
   * @default any time
   */
  readonly olderThan?: string;

  /**
   * Leave out objects of other storage classes.
   *
   * @default all classes
   */
  readonly storageClasses?: StorageClass[];

  /**
   * How to decide whether an object has changed.
   *
   * @default auto
   */
  readonly compare?: 'auto' | 'size' | 'etag' | 'size-and-time' | 'metadata' | 'checksum' | 'always';

  /**
   * Whether to delete what the source does not have.
   *
   * @default true
   */
  readonly delete?: boolean;

  /**
   * Delete an object only if the source has not had it for so long: a duration such as `7d`.
   *
   * @default at once
   */
  readonly deleteAfter?: string;

  /**
   * Fail before the first write if there would be more deletes: a count, or a share such as `10%`.
   *
   * @default 100 objects, or half of those that take part if that is more
   */
  readonly maxDeletes?: number | string;

  /**
   * Fail before the first write if copies would replace more objects: a count, or a share such as `10%`.
   *
   * @default no limit
   */
  readonly maxOverwrites?: number | string;

  /**
   * Fail before the first write if the run would cost more US dollars.
   *
   * @default no limit
   */
  readonly maxCost?: number;

  /**
   * Whether to decide about all objects before the first write.
   *
   * @default bucketsync chooses
   */
  readonly plan?: boolean;

  /**
   * Whether to fail if a glob or the folder matches nothing, or if everything is left out.
   *
   * @default false
   */
  readonly strict?: boolean;

  /**
   * How to prove that the source lacks a key before it is deleted.
   *
   * @default list on AWS, head elsewhere
   */
  readonly proof?: 'list' | 'head';

  /**
   * Whether an empty source may empty the destination.
   *
   * @default false
   */
  readonly allowEmptySource?: boolean;

  /**
   * `publish` copies assets first, then pages, and then deletes.
   *
   * @default mirror
   */
  readonly mode?: 'mirror' | 'publish';

  /**
   * Globs: what is copied last, in this order, before anything is deleted. An object that several globs name belongs to the last one.
   *
   * @default no order
   */
  readonly order?: string[];

  /**
   * A CloudFront distribution, and what to tell it of what a run has replaced or deleted.
   *
   * @default CloudFront is told nothing
   */
  readonly invalidate?: SyncInvalidation;

  /**
   * Whether to decide and report only, and to write nothing.
   *
   * @default false
   */
  readonly dryRun?: boolean;

  /**
   * Whether to compare again at the end, and to fail if anything differs.
   *
   * @default false
   */
  readonly verify?: boolean;

  /**
   * Whether to copy the tags of objects, or to leave them out.
   *
   * @default copy
   */
  readonly tags?: 'copy' | 'ignore';

  /**
   * Storage class of copies.
   *
   * @default same: that of the source
   */
  readonly storageClass?: 'same' | Exclude<StorageClass, 'REDUCED_REDUNDANCY'>;

  /**
   * What to do with archived objects of the source. `restore` asks S3 to restore them, and a later run copies them.
   *
   * @default fail
   */
  readonly archived?: 'fail' | 'skip' | 'restore';

  /**
   * How fast S3 restores archived objects, and at what price.
   *
   * @default Bulk
   */
  readonly restoreTier?: 'Bulk' | 'Standard' | 'Expedited';

  /**
   * Days for which S3 keeps a restored object.
   *
   * @default 7
   */
  readonly restoreDays?: number;

  /**
   * Parts of copies: those of the source, so that ETags stay equal, or as few as S3 allows, which costs least.
   *
   * @default same
   */
  readonly parts?: 'same' | 'fewest';

  /**
   * Server-side encryption of copies.
   *
   * @default that of the destination bucket
   */
  readonly sse?: 'AES256' | 'aws:kms' | 'aws:kms:dsse';

  /**
   * ARN of the KMS key to encrypt with, in the destination's Region. Give it as `encryptionKey` of the destination as well.
   *
   * @default the key of the destination bucket
   */
  readonly sseKmsKeyId?: string;

  /**
   * ACL of copies.
   *
   * @default auto: bucket-owner-full-control if the bucket uses ACLs or a policy requires it
   */
  readonly acl?: 'auto' | 'bucket-owner-full-control' | 'none';

  /**
   * `requester` agrees to pay for requests to Requester Pays buckets, at the source or the destination.
   *
   * @default such buckets are not read or written
   */
  readonly requestPayer?: 'requester';

  /**
   * Whether to overwrite only the listed version of an object.
   *
   * @default false
   */
  readonly conditional?: boolean;

  /**
   * Where to keep the lock. Only in the destination do all runs see it.
   *
   * @default destination
   */
  readonly lock?: 'destination' | 'reports' | 'none';

  /**
   * Ranges that run at the same time: 1 to 1,000.
   *
   * @default 100
   */
  readonly maxConcurrency?: number;

  /**
   * Requests that one range keeps open at most: 1 to 1,000.
   *
   * @default 256
   */
  readonly requestConcurrency?: number;

  /**
   * Account that must own the source bucket.
   *
   * @default the account with which the bucket is imported or created
   */
  readonly sourceOwner?: string;

  /**
   * Account that must own the destination bucket.
   *
   * @default the account with which the bucket is imported or created
   */
  readonly destinationOwner?: string;
}

/** A storage class as S3 lists it. */
export type StorageClass =
  | 'STANDARD'
  | 'STANDARD_IA'
  | 'ONEZONE_IA'
  | 'INTELLIGENT_TIERING'
  | 'GLACIER_IR'
  | 'GLACIER'
  | 'DEEP_ARCHIVE'
  | 'REDUCED_REDUNDANCY';

/** All fields of the input that can apply to every execution of a mirror. */
type InputFields = Omit<
  SyncRequest,
  'source' | 'destination' | 'prefix' | 'destinationPrefix' | 'retry' | 'keys' | 'apply' | 'undo' | 'hold'
>;

/** Both are the same, field by field, otherwise the code does not compile. */
type Same<One, Other> = [Required<One>, Required<Other>] extends [Required<Other>, Required<One>] ? true : never;
true satisfies Same<MirrorInput, InputFields>;
true satisfies Same<keyof MirrorInput, OverridableField | 'sourceOwner' | 'destinationOwner'>;
