import { PROBE_NAME, RANGE_MEMORY_MIB } from '../statemachine/contract';

/** An IAM action: anywhere in its folder, or with a limit. */
export type AllowedAction = string | LimitedAction;

export interface LimitedAction {
  readonly action: string;
  /** Only on keys with this text after the folder. */
  readonly name?: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One Task of the state machine and the function behind it. */
export interface SyncTask {
  /** The state's name; the file under `lambdas/handlers/` has it in kebab-case. */
  readonly name: string;

  /** Shorter than the Task's own `TimeoutSeconds`, so that the function's error arrives, not the state machine's. */
  readonly timeoutSeconds: number;

  readonly memoryMiB: number;

  /**
   * What the function may do with the source, the destination, the reports, and the lock files in the report bucket.
   * KMS actions apply to the key that encrypts the bucket, if it has its own key.
   */
  readonly source: readonly AllowedAction[];
  readonly destination: readonly AllowedAction[];
  readonly reports: readonly AllowedAction[];
  readonly locks: readonly AllowedAction[];
  /** Actions on the lock in the destination. It is at the root of the bucket, even if only a folder is mirrored. */
  readonly destinationLock: readonly AllowedAction[];

  /** Actions on `evidence/` beside the reports: what earlier runs have proved, and where they could have been cut. Not set: nothing. */
  readonly evidence?: readonly string[];

  /** Actions on `grace/` beside the reports: since when the destination has had its orphans. Not set: nothing. */
  readonly grace?: readonly string[];

  /** Actions on `keys/` beside the reports: lists that the input's `keys` may name. Not set: nothing. */
  readonly keyLists?: readonly string[];

  /**
   * Additional actions beside the reports, if a side is not reached by the functions' own roles: on what its server lacks, for
   * this run (`reports`) and for longer, and on unfinished uploads.
   */
  readonly elsewhere?: Readonly<Partial<Record<'reports' | 'lacks' | 'uploads', readonly AllowedAction[]>>>;

  /** Additional actions on the source if `archived` is "restore". */
  readonly sourceToRestore?: readonly AllowedAction[];

  /** Additional actions on the destination if runs can be undone: on former versions, none of which it may remove. */
  readonly destinationToUndo?: readonly AllowedAction[];

  /** Actions on a distribution if runs invalidate paths of it, and additional actions on the reports, which say what has changed. */
  readonly toInvalidate?: {
    readonly distribution: readonly string[];
    /** In addition, if runs wait until CloudFront has done it. */
    readonly distributionToWait: readonly string[];
    readonly reports: readonly AllowedAction[];
  };

  /** Whether the function asks if an execution has ended, to take over its lock. */
  readonly describesExecutions?: boolean;
}

const LIST = 's3:ListBucket';
const READ = 's3:GetObject';
const WRITE = 's3:PutObject';
const READ_TAGS = 's3:GetObjectTagging';
const WRITE_TAGS = 's3:PutObjectTagging';
/** Only if a destination uses ACLs. */
export const WRITE_ACL = 's3:PutObjectAcl';
const RESTORE = 's3:RestoreObject';
const LIST_VERSIONS = 's3:ListBucketVersions';
const DELETE = 's3:DeleteObject';
const ABORT = 's3:AbortMultipartUpload';
const WEBSITE = 's3:GetBucketWebsite';
const OWNERSHIP = 's3:GetBucketOwnershipControls';
const LIFECYCLE = 's3:GetLifecycleConfiguration';
const INVALIDATE = {
  distribution: ['cloudfront:CreateInvalidation'],
  distributionToWait: ['cloudfront:GetInvalidation'],
} as const;
const DECRYPT = 'kms:Decrypt';
const ENCRYPT = 'kms:GenerateDataKey';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
const WRITE_ONCE = { action: WRITE, condition: { Null: { 's3:if-none-match': 'false' } } };

/**
 * Actions to test permissions without touching objects: begin an upload, request a copy that cannot succeed, and delete with a
 * condition. They apply only to bucketsync's own key names.
 */
const TRIALS: readonly AllowedAction[] = [
  { action: DELETE, name: PROBE_NAME, condition: { Null: { 's3:if-match': 'false' } } },
  ...[WRITE, WRITE_TAGS, WRITE_ACL, ABORT].map((action) => ({ action, name: PROBE_NAME })),
];

/** Actions on the bucket itself. All other S3 actions are on its objects. */
export const BUCKET_ACTIONS: ReadonlySet<string> = new Set([LIST, LIST_VERSIONS, WEBSITE, OWNERSHIP, LIFECYCLE]);

// a fraction of a core, but enough to load the SDK without waiting for seconds
const SMALL_MIB = 512;

/** Every Task of `statemachine/bucketsync.asl.json`, in its order. */
export const SYNC_TASKS: readonly SyncTask[] = [
  {
    name: 'ValidateInput',
    timeoutSeconds: 110,
    memoryMiB: SMALL_MIB,
    // it reads at most one byte, and tests the other functions' requests on its own key names
    source: [LIST, WEBSITE, READ, READ_TAGS, DECRYPT],
    sourceToRestore: [{ action: RESTORE, name: PROBE_NAME }],
    destination: [LIST, WEBSITE, OWNERSHIP, READ, ...TRIALS, DECRYPT, ENCRYPT],
    // the failures that a retry processes, the plan that is applied, and the list of a run's keys
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    keyLists: [READ, DECRYPT],
    // Without LIST, S3 answers 403 instead of 404 if there is no lock. A run that ends here deletes its lock.
    locks: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    destinationLock: [LIST, READ, WRITE, WRITE_ACL, DELETE, DECRYPT, ENCRYPT],
    grace: [LIST, READ, WRITE, DECRYPT, ENCRYPT], // the dates of a plan that is applied
    elsewhere: { lacks: [READ, DECRYPT] },
    describesExecutions: true,
  },
  {
    name: 'CopyRange',
    timeoutSeconds: 900,
    memoryMiB: RANGE_MEMORY_MIB,
    source: [LIST, READ, READ_TAGS, 's3:GetObjectAttributes', DECRYPT],
    sourceToRestore: [RESTORE],
    destination: [
      ...[LIST, READ, WRITE, WRITE_TAGS, WRITE_ACL, ABORT, 's3:ListMultipartUploadParts'],
      ...[DECRYPT, ENCRYPT], // DECRYPT for multipart uploads, and for checksums
    ],
    destinationToUndo: [
      LIST_VERSIONS,
      ...['s3:GetObjectVersion', 's3:GetObjectVersionTagging', 's3:GetObjectVersionAttributes'],
    ],
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, DECRYPT],
    destinationLock: [LIST, READ, DECRYPT],
    evidence: [LIST, READ, WRITE, DECRYPT, ENCRYPT],
    grace: [LIST, READ, WRITE, DECRYPT, ENCRYPT],
    elsewhere: { lacks: [READ, WRITE, DECRYPT, ENCRYPT], uploads: [READ, WRITE, DELETE, DECRYPT, ENCRYPT] },
  },
  {
    name: 'AdvanceCopy',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [LIST],
    destination: [LIST, ABORT], // a walk over both sides is cut by the keys of both
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT], // the parts of a plan
    locks: [],
    destinationLock: [],
    elsewhere: { lacks: [READ, DECRYPT] },
  },
  {
    name: 'DeleteRange',
    timeoutSeconds: 900,
    memoryMiB: RANGE_MEMORY_MIB,
    // a HEAD tells whether the source lacks a key
    source: [LIST, READ],
    // a delete with a given ETag also requires READ
    destination: [LIST, READ, DELETE],
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, DECRYPT],
    destinationLock: [LIST, READ, DECRYPT],
    grace: [LIST, READ, WRITE, DECRYPT, ENCRYPT],
    elsewhere: { lacks: [READ, DECRYPT] },
  },
  {
    name: 'AdvanceDelete',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [LIST],
    reports: [READ, DECRYPT], // where the parts of a plan end
    locks: [],
    destinationLock: [],
    elsewhere: { reports: [LIST, WRITE_ONCE, ENCRYPT], lacks: [READ, DECRYPT] },
  },
  {
    name: 'ClosePhase',
    timeoutSeconds: 110,
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: [],
    locks: [],
    destinationLock: [],
    toInvalidate: { ...INVALIDATE, reports: [LIST, READ, DECRYPT] },
  },
  {
    name: 'FinishRun',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    destinationToUndo: [LIFECYCLE], // until when S3 keeps former versions
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    destinationLock: [LIST, READ, WRITE, WRITE_ACL, DELETE, DECRYPT, ENCRYPT],
    evidence: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    grace: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    toInvalidate: { ...INVALIDATE, reports: [] },
  },
];

/** The action without its limit. */
export function nameOfAction(allowed: AllowedAction): string {
  return typeof allowed === 'string' ? allowed : allowed.action;
}
