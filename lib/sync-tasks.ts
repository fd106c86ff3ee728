import { Duration } from 'aws-cdk-lib';
import { RANGE_MEMORY_MIB } from '../statemachine/contract';

/** One Task of the state machine and the function behind it. */
export interface SyncTask {
  /** The state's name; the file under `lambdas/handlers/` has it in kebab-case. */
  readonly name: string;

  /** Shorter than the Task's own `TimeoutSeconds`, so that the function's error arrives and not the state machine's. */
  readonly timeout: Duration;

  readonly memoryMiB: number;

  /** S3 actions that the function may use on the source, on the destination, and on reports and locks. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly reports: readonly string[];
  readonly locks: readonly string[];

  /** Whether the function asks if an execution still runs, to take over the lock of one that does not. */
  readonly describesExecutions?: boolean;
}

const LIST = 's3:ListBucket';
const READ = 's3:GetObject';
const WRITE = 's3:PutObject';
const DELETE = 's3:DeleteObject';
const ABORT = 's3:AbortMultipartUpload';
const WEBSITE = 's3:GetBucketWebsite';

// A fraction of a core, but enough not to wait seconds for the SDK to load.
const SMALL_MIB = 512;

/** Every Task of `statemachine/bucketsync.asl.json`, in its order. */
export const SYNC_TASKS: readonly SyncTask[] = [
  {
    name: 'ValidateInput',
    timeout: Duration.seconds(110),
    memoryMiB: SMALL_MIB,
    source: [LIST, WEBSITE],
    destination: [LIST, WEBSITE, 's3:GetBucketOwnershipControls'],
    reports: [],
    // Without LIST, S3 answers 403 and not 404 for a lock that is not there.
    locks: [LIST, READ, WRITE],
    describesExecutions: true,
  },
  {
    name: 'CopyRange',
    timeout: Duration.minutes(15),
    memoryMiB: RANGE_MEMORY_MIB,
    source: [LIST, READ, 's3:GetObjectTagging', 's3:GetObjectAttributes'],
    destination: [LIST, READ, WRITE, 's3:PutObjectTagging', 's3:PutObjectAcl', ABORT, 's3:ListMultipartUploadParts'],
    reports: [WRITE],
    locks: [],
  },
  {
    name: 'AdvanceCopy',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: [LIST],
    destination: [ABORT],
    reports: [],
    locks: [],
  },
  {
    name: 'DeleteRange',
    timeout: Duration.minutes(15),
    memoryMiB: RANGE_MEMORY_MIB,
    source: [LIST],
    // To delete only what has a given ETag takes READ as well.
    destination: [LIST, READ, DELETE],
    reports: [WRITE],
    locks: [],
  },
  {
    name: 'AdvanceDelete',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [LIST],
    reports: [],
    locks: [],
  },
  {
    name: 'ClosePhase',
    timeout: Duration.seconds(110),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: [],
    locks: [],
  },
  {
    name: 'FinishRun',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: [LIST, READ, WRITE],
    locks: [LIST, READ, DELETE],
  },
];
