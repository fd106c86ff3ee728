import type { LifecycleRule } from '@aws-sdk/client-s3';
import type { Side } from '../../statemachine/input/sides';
import type { Answer } from './finding';

/** A side of a mirror, as somebody asks about it. */
export interface BucketQuestion {
  readonly side: Side;
  readonly bucket: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
  /** Account that must own the bucket. */
  readonly owner?: string | undefined;
  readonly requestPayer?: 'requester' | undefined;
  /** Where the runs keep their reports. Only for the destination, whose lock has records there. */
  readonly reportLocation?: string | undefined;
  /** Why it cannot be asked from here. */
  readonly unasked?: string;
  /** Options for commands of the AWS CLI. */
  readonly awsOptions: readonly string[];
  /** Options for other commands of bucketsync. */
  readonly ownOptions: readonly string[];
}

/** What is known about a side. */
export interface BucketFacts extends BucketQuestion {
  /** If it is not AWS. */
  readonly endpoint?: string;
  /** Why nothing else is known: there is no such bucket, or nobody may see it. */
  readonly problem?: string;
  readonly settings?: BucketSettings;
}

export interface LifecycleFacts {
  readonly rules: readonly LifecycleRule[];
  /** A command that replaces the rules must send it again. */
  readonly transitionDefault?: string;
}

export interface EncryptionFacts {
  readonly algorithm: string;
  readonly keyId?: string;
}

export interface UploadFacts {
  readonly key: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** A run that has an entry in the lock of a folder. */
export interface LockingRun {
  readonly folder: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Absent: the run keeps its reports elsewhere. */
  readonly executionId?: string;
  /** True only if it has certainly ended. */
  readonly ended: boolean;
  /** Why that could not be found out. */
  readonly doubt?: string;
}

/** A folder that somebody holds: no run writes there until it is released. */
export interface HeldFolder {
  readonly folder: string;
  /** ISO 8601. */
  readonly since: string;
  readonly reason?: string;
}

export interface LockFacts {
  /** Locks that cannot be read. */
  readonly unreadable: readonly string[];
  readonly runs: readonly LockingRun[];
  readonly holds: readonly HeldFolder[];
}

export interface BucketSettings {
  readonly region: string;
  readonly ownedAsExpected: Answer<boolean>;
  /** The first key in the folder, if there is any. */
  readonly firstKey: Answer<string | undefined>;
  /** Whether that object can be read, key and all; otherwise why not. Only of the source. */
  readonly readable: Answer<true | string>;
  readonly policy: Answer<string | undefined>;
  readonly versioning: Answer<'Enabled' | 'Suspended' | undefined>;
  readonly lifecycle: Answer<LifecycleFacts>;
  readonly ownership: Answer<string>;
  /** How many days a new version is locked; 0: none is, or not by default; undefined: the bucket has no Object Lock. */
  readonly lockedDays: Answer<number | undefined>;
  readonly encryption: Answer<EncryptionFacts>;
  /** State of the key that encrypts new objects. Undefined: S3's own key. */
  readonly keyState: Answer<string | undefined>;
  readonly uploads: Answer<readonly UploadFacts[]>;
  readonly lock: Answer<LockFacts>;
  readonly now: number;
}
