import { PROBE_NAME, RANGE_MEMORY_MIB } from '../statemachine/contract';

/** An action of IAM: anywhere in its folder, or within a limit. */
export type AllowedAction = string | LimitedAction;

export interface LimitedAction {
  readonly action: string;
  /** Only on keys in which this stands behind the folder. */
  readonly name?: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One Task of the state machine and the function behind it. */
export interface SyncTask {
  /** The state's name; the file under `lambdas/handlers/` has it in kebab-case. */
  readonly name: string;

  /** Shorter than the Task's own `TimeoutSeconds`, so that the function's error arrives and not the state machine's. */
  readonly timeoutSeconds: number;

  readonly memoryMiB: number;

  /**
   * What the function may do with the source, with the destination, and with reports and with what the report bucket holds of locks.
   * Actions of KMS are on the key that the bucket is encrypted with, if it has one of its own.
   */
  readonly source: readonly AllowedAction[];
  readonly destination: readonly AllowedAction[];
  readonly reports: readonly AllowedAction[];
  readonly locks: readonly AllowedAction[];
  /** With the lock in the destination, which is at the root of its bucket, whatever folder is mirrored. */
  readonly destinationLock: readonly AllowedAction[];

  /** What it may do with what earlier runs have proved of pairs, beside the reports; nothing if it is not set. */
  readonly evidence?: readonly string[];

  /**
   * What it may do beside the reports as well, if a side is not reached by the functions' own roles: with what its server lacks, for
   * this run (`reports`) and for longer, and with uploads that are under way.
   */
  readonly elsewhere?: Readonly<Partial<Record<'reports' | 'lacks' | 'uploads', readonly AllowedAction[]>>>;

  /** What it may do with the source as well, if `proof` is "head". */
  readonly sourceByHead?: readonly AllowedAction[];

  /** What it may do with the source as well, if `archived` is "restore". */
  readonly sourceToRestore?: readonly AllowedAction[];

  /** Whether the function asks if an execution still runs, to take over the lock of one that does not. */
  readonly describesExecutions?: boolean;
}

const LIST = 's3:ListBucket';
const READ = 's3:GetObject';
const WRITE = 's3:PutObject';
const READ_TAGS = 's3:GetObjectTagging';
const WRITE_TAGS = 's3:PutObjectTagging';
/** Only where a destination uses ACLs. */
export const WRITE_ACL = 's3:PutObjectAcl';
const RESTORE = 's3:RestoreObject';
const DELETE = 's3:DeleteObject';
const ABORT = 's3:AbortMultipartUpload';
const WEBSITE = 's3:GetBucketWebsite';
const OWNERSHIP = 's3:GetBucketOwnershipControls';
const DECRYPT = 'kms:Decrypt';
const ENCRYPT = 'kms:GenerateDataKey';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
const WRITE_ONCE = { action: WRITE, condition: { Null: { 's3:if-none-match': 'false' } } };

/**
 * To begin an upload, to ask for a copy that cannot be made, and to delete under a condition, as far as that can be tried
 * without touching anything: no key in them is anybody else's.
 */
const TRIALS: readonly AllowedAction[] = [
  { action: DELETE, name: PROBE_NAME, condition: { Null: { 's3:if-match': 'false' } } },
  ...[WRITE, WRITE_TAGS, WRITE_ACL, ABORT].map((action) => ({ action, name: PROBE_NAME })),
];

/** Actions on the bucket itself; all others of S3 are on its objects. */
export const BUCKET_ACTIONS: ReadonlySet<string> = new Set([LIST, WEBSITE, OWNERSHIP]);

// A fraction of a core, but enough not to wait seconds for the SDK to load.
const SMALL_MIB = 512;

/** Every Task of `statemachine/bucketsync.asl.json`, in its order. */
export const SYNC_TASKS: readonly SyncTask[] = [
  {
    name: 'ValidateInput',
    timeoutSeconds: 110,
    memoryMiB: SMALL_MIB,
    // It reads no more than a byte, and tries what the other functions will do on keys of its own.
    source: [LIST, WEBSITE, READ, READ_TAGS, DECRYPT],
    sourceToRestore: [{ action: RESTORE, name: PROBE_NAME }],
    destination: [LIST, WEBSITE, OWNERSHIP, READ, ...TRIALS, DECRYPT, ENCRYPT],
    reports: [LIST, READ, DECRYPT], // the failures that a retry is about
    // Without LIST, S3 answers 403 and not 404 for a lock that is not there. DELETE is for what a refused run leaves.
    locks: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    destinationLock: [LIST, READ, WRITE, WRITE_ACL, DELETE, DECRYPT, ENCRYPT],
    elsewhere: { reports: [WRITE_ONCE, ENCRYPT], lacks: [READ, DECRYPT] },
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
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, DECRYPT],
    destinationLock: [LIST, READ, DECRYPT],
    evidence: [LIST, READ, WRITE, DECRYPT, ENCRYPT],
    elsewhere: { lacks: [READ, WRITE, DECRYPT, ENCRYPT], uploads: [READ, WRITE, DELETE, DECRYPT, ENCRYPT] },
  },
  {
    name: 'AdvanceCopy',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [LIST],
    destination: [ABORT],
    reports: [],
    locks: [],
    destinationLock: [],
    elsewhere: { reports: [LIST, WRITE_ONCE, ENCRYPT], lacks: [READ, DECRYPT] },
  },
  {
    name: 'DeleteRange',
    sourceByHead: [READ],
    timeoutSeconds: 900,
    memoryMiB: RANGE_MEMORY_MIB,
    source: [LIST],
    // To delete only what has a given ETag takes READ as well.
    destination: [LIST, READ, DELETE],
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, DECRYPT],
    destinationLock: [LIST, READ, DECRYPT],
    elsewhere: { lacks: [READ, DECRYPT] },
  },
  {
    name: 'AdvanceDelete',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [LIST],
    reports: [],
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
  },
  {
    name: 'FinishRun',
    timeoutSeconds: 290,
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: [LIST, READ, WRITE_ONCE, DECRYPT, ENCRYPT],
    locks: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
    destinationLock: [LIST, READ, WRITE, WRITE_ACL, DELETE, DECRYPT, ENCRYPT],
    evidence: [LIST, READ, WRITE, DELETE, DECRYPT, ENCRYPT],
  },
];

/** The action alone, whatever its limit. */
export function nameOfAction(allowed: AllowedAction): string {
  return typeof allowed === 'string' ? allowed : allowed.action;
}
