import type { KeptHeader } from '../../../statemachine/lacks';
import type { StoreError } from './store-error';

/** What S3 made of a copy: it may be made, it may not, or S3 does not know such requests here. */
export interface CopyTrial {
  readonly outcome: 'allowed' | 'denied' | 'unsupported';
  /** S3's own code and message. */
  readonly error?: StoreError;
}

/** Headers that a policy may ask for in each request that writes. */
export interface WriteHeaders {
  readonly sse?: 'AES256' | 'aws:kms';
  readonly acl?: 'bucket-owner-full-control';
  readonly storageClass?: string;
}

/** Headers that are lost by a copy, and by one with which they are sent anew. */
export interface HeaderTrial {
  readonly copied: readonly KeptHeader[];
  readonly anew: readonly KeptHeader[];
}

/** Harmless requests that tell what the two buckets of a run are set to, and what may be done there. */
export interface BucketProbes {
  /** Whether a bucket is a website; true also where that may not be asked. */
  isWebsite(side: 'source' | 'destination'): Promise<boolean>;
  /** Whether the destination uses ACLs; undefined where that may not be asked. */
  usesAcls(): Promise<boolean | undefined>;
  /** Reads no more than a byte of a source object. @throws StoreError */
  readObject(key: string): Promise<void>;
  /**
   * Tries to copy a source object to a key of its own, in a way that cannot succeed.
   *
   * @param condition  on what the destination must hold; without one, none
   */
  copyNothing(sourceKey: string, key: string, condition?: 'absent' | 'present'): Promise<CopyTrial>;
  /** Begins an upload with headers of its own and throws it away. @returns whether the destination accepts it */
  acceptsWrite(key: string, headers: WriteHeaders): Promise<boolean>;
  /** Asks to restore a key of the source that is not there. @throws StoreError */
  restoreNothing(key: string): Promise<void>;
  /** Tries what the destination's copies keep of headers, by objects of its own that it deletes again. */
  tryHeaders(): Promise<HeaderTrial>;
  /** Asks the destination to delete a key that is not there. @throws StoreError */
  deleteNothing(key: string): Promise<void>;
}
