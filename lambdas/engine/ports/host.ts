import type { Counters, ReportLine, Run } from '../../../statemachine/contract';
import type { DeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { Side } from '../../../statemachine/input/sides';
import type { MetricSet } from '../../../statemachine/metrics';
import type { Announcer } from './announcer';
import type { BucketProbes } from './bucket-probes';
import type { BucketVersions } from './bucket-versions';
import type { Buckets } from './bucket-writer';
import type { FailedAttempts } from './failed-attempts';
import type { Invalidator } from './invalidator';
import type { LockPlace, LockStore } from './lock-store';
import type { WriteLog } from './log';
import type { MultipartLimits } from './object-uploads';
import type { PatienceLimits } from './outages';
import type { ProcessIdentity } from './process-identity';
import type { RequestObserver } from './request-observer';
import type { RunStore } from './run-store';
import type { Worlds } from './worlds';

/** How far a range has come. */
export interface RangeProgress {
  readonly counters: Counters;
  /** Requests about single objects that S3 has not answered yet. */
  readonly inFlight: number;
}

/** How metrics of runs are published. */
export interface RunMetrics {
  readonly set: MetricSet;
  /** @param line  in CloudWatch's embedded metric format */
  publish(line: object): void;
}

/** Everything that a Task needs from outside: S3, the run store, time. */
export interface Host {
  readonly runStore: RunStore;
  /** How many milliseconds a range may work in the first, second, … round. The last value applies to all later rounds. */
  readonly roundBudgetsMs: readonly number[];
  /** How many ranges can run at the same time. A round has no more ranges. */
  readonly rangesAtOnce: number;
  /** The deployed mirrors; undefined: nothing is deployed, so an execution may mirror anything. */
  readonly mirrors: readonly DeployedMirror[] | undefined;
  /** Memory of the deployed functions that work on ranges. */
  readonly rangeMemoryMib: number;
  readonly multipart: MultipartLimits;
  /** How long a range, and the end of a run, wait for a server that is away. */
  readonly patience: PatienceLimits;
  /** The server is AWS, whose list pages leave nothing out. */
  readonly trustsListings: boolean;
  /**
   * Reads the list that `keys` names. @param location  `s3://bucket/key`, or `file:///path` of this machine
   *
   * @throws InvalidInputError  it does not exist, or may not be read
   */
  openKeyList(location: string): AsyncIterable<Uint8Array>;
  /** Aborted when somebody stops the run. */
  readonly signal: AbortSignal;
  /** Unique for each invocation. */
  readonly invocationId: string;
  /** Milliseconds since 1970. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds until this invocation is ended by force. */
  remainingMs(): number;
  openBuckets(run: Run, observer: RequestObserver): Buckets;
  /** The versions at the destination. */
  openVersions(run: Run, observer: RequestObserver): BucketVersions;
  openProbes(run: Run): BucketProbes;
  /** @param prefix  the mirrored folder; nothing else in the bucket is listed @throws BucketNotFoundError | AccessDeniedError */
  findRegion(
    bucket: string,
    owner: string | undefined,
    prefix: string,
    requestPayer: 'requester' | undefined,
    side: Side,
  ): Promise<string>;
  /** Absent: the environment describes both sides of all runs. */
  readonly worlds?: Worlds;
  /** Of the server, if it is not AWS. */
  readonly endpoint?: string;
  /** Absent: no attempt ever fails. */
  readonly failedAttempts?: FailedAttempts;
  /** The account of the credentials; undefined if it cannot be found out. */
  findAccount?(): Promise<string | undefined>;
  /** The lock in the destination bucket. @param signal  ends open requests about the lock and prevents new ones */
  openLock(place: LockPlace, signal?: AbortSignal): LockStore;
  /** false only if the execution has certainly ended. @param process  of a local run, if it is known */
  isRunning(executionId: string, startedAt: string, process?: ProcessIdentity): Promise<boolean>;
  /** The identity of this process; undefined if the system does not tell it. */
  identifyProcess(): Promise<ProcessIdentity | undefined>;
  /** Called after each object, page and answer. @param read  what to show now; the host calls it when it wants to tell */
  onProgress(read: () => RangeProgress): void;
  /** Called with each line of the report. Absent: nobody watches. @returns a promise to wait for if lines come too fast */
  readonly onReported?: ((line: ReportLine) => Promise<void> | undefined) | undefined;
  /** Absent: there is no log, as in a local run. */
  readonly log?: WriteLog;
  /** Absent: nobody watches how runs go. */
  readonly metrics?: RunMetrics | undefined;
  /** Absent: nobody gets messages or events about runs. */
  readonly announcer?: Announcer | undefined;
  /** Absent: this Task tells CloudFront nothing. */
  readonly invalidator?: Invalidator | undefined;
  /** Whether other workers have no work and could take a part of this invocation's work. */
  othersIdle(): boolean;
}
