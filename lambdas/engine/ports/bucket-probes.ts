import type { KeptHeader } from '../../../statemachine/lacks';
import type { StoreError } from './store-error';

/** The result of a trial copy: allowed, denied, or the server does not know such requests. */
export interface CopyTrial {
  readonly outcome: 'allowed' | 'denied' | 'unsupported';
  /** S3's own code and message. */
  readonly error?: StoreError;
}

/** Headers that a policy may demand in each write. */
export interface WriteHeaders {
  readonly sse?: 'AES256' | 'aws:kms';
  readonly acl?: 'bucket-owner-full-control';
  readonly storageClass?: string;
}

/** Headers that are lost by an upload, by a plain copy (`copied`), and by a copy that sends them again (`anew`). */
export interface HeaderTrial {
  /** Why the server makes no copies at all; absent: it does, or nobody needs them. */
  readonly makesNoCopies?: Error | undefined;
  readonly uploaded: readonly KeptHeader[];
  readonly copied: readonly KeptHeader[];
  readonly anew: readonly KeptHeader[];
  /** Whether a plain copy loses tags; absent if that was not tried, or could not be. */
  readonly losesTags?: boolean | undefined;
}

/** A lifecycle rule by which S3 removes former versions. */
export interface VersionExpiry {
  /** How the keys of its objects begin. */
  readonly folder: string;
  /** After another version has replaced them. */
  readonly days: number;
}

/** Harmless requests that find out the settings of both buckets, and what the run may do there. */
export interface BucketProbes {
  /** Whether a bucket is a website; also true if the run may not ask. */
  isWebsite(side: 'source' | 'destination'): Promise<boolean>;
  /** Whether the destination uses ACLs; undefined if the run may not ask. */
  usesAcls(): Promise<boolean | undefined>;
  /** The destination's rules about former versions; undefined if the run may not ask. */
  versionExpiries(): Promise<readonly VersionExpiry[] | undefined>;
  /** Reads at most one byte of a source object. @throws StoreError */
  readObject(key: string): Promise<void>;
  /**
   * Tries to copy a source object to a reserved key, in a way that cannot succeed.
   *
   * @param condition  what the copy demands of the destination; undefined: nothing
   */
  copyNothing(sourceKey: string, key: string, condition?: 'absent' | 'present'): Promise<CopyTrial>;
  /** Begins an upload with the given headers and aborts it. @returns whether the destination accepts it */
  acceptsWrite(key: string, headers: WriteHeaders): Promise<boolean>;
  /** Asks S3 to restore a key that does not exist at the source. @throws StoreError */
  restoreNothing(key: string): Promise<void>;
  /**
   * Tries which headers the destination keeps, of uploads and of its own copies if it makes any. It writes objects of its own and
   * deletes them.
   *
   * @param tags  whether to try tags, too
   */
  tryHeaders(tags: boolean): Promise<HeaderTrial>;
  /**
   * Writes an object of its own at the destination, and deletes it again.
   *
   * @returns whether the source has it as well, so both are one bucket; undefined if the run may not write or read it
   */
  isSeenAtSource(): Promise<boolean | undefined>;
  /** Asks S3 to delete a key that does not exist at the destination. @throws StoreError */
  deleteNothing(key: string): Promise<void>;
}
