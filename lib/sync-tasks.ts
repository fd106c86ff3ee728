import { Duration } from 'aws-cdk-lib';

/** One Task of the state machine and the function behind it. */
export interface SyncTask {
  /** The state's name; the file under `lambdas/handlers/` has it in kebab-case. */
  readonly name: string;

  /** Shorter than the Task's own `TimeoutSeconds`, so that the function's error arrives and not the state machine's. */
  readonly timeout: Duration;

  readonly memoryMiB: number;

  /** S3 actions that the function may use. */
  readonly source: readonly string[];
  readonly destination: readonly string[];
  readonly reports: readonly string[];

  /** Whether the function asks if an execution still runs, to take over the lock of one that does not. */
  readonly describesExecutions?: boolean;
}

const LIST = ['s3:ListBucket'];
const READ = ['s3:ListBucket', 's3:GetObject', 's3:GetObjectTagging'];
const WRITE = ['s3:PutObject', 's3:PutObjectTagging', 's3:AbortMultipartUpload'];
// Without s3:ListBucket, S3 answers 403 and not 404 for a lock that is not there.
const LOCK = ['s3:ListBucket', 's3:GetObject', 's3:PutObject', 's3:DeleteObject'];

// From 1,769 MiB on a function has a whole core; the handlers run on one thread, so more would buy nothing.
const ONE_CORE_MIB = 1792;
// A fraction of a core, but enough not to wait seconds for the SDK to load.
const SMALL_MIB = 512;

/** Every Task of `statemachine/bucketsync.asl.json`, in its order. */
export const SYNC_TASKS: readonly SyncTask[] = [
  {
    name: 'ValidateInput',
    timeout: Duration.seconds(110),
    memoryMiB: SMALL_MIB,
    source: READ,
    destination: READ,
    reports: LOCK,
    describesExecutions: true,
  },
  {
    name: 'CopyRange',
    timeout: Duration.minutes(15),
    memoryMiB: ONE_CORE_MIB,
    source: READ,
    destination: [...READ, ...WRITE],
    reports: ['s3:PutObject'],
  },
  {
    name: 'AdvanceCopy',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: LIST,
    destination: [],
    reports: [],
  },
  {
    name: 'DeleteRange',
    timeout: Duration.minutes(15),
    memoryMiB: ONE_CORE_MIB,
    source: LIST,
    destination: [...LIST, 's3:DeleteObject'],
    reports: ['s3:PutObject'],
  },
  {
    name: 'AdvanceDelete',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: LIST,
    reports: [],
  },
  {
    name: 'ClosePhase',
    timeout: Duration.seconds(110),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: [],
  },
  {
    name: 'FinishRun',
    timeout: Duration.seconds(290),
    memoryMiB: SMALL_MIB,
    source: [],
    destination: [],
    reports: LOCK,
  },
];
