import type { Counters, Run } from '../../../statemachine/contract';
import type { DeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { Side } from '../../../statemachine/input/sides';
import type { BucketProbes } from './bucket-probes';
import type { Buckets } from './bucket-writer';
import type { LockPlace, LockStore } from './lock-store';
import type { MultipartLimits } from './object-uploads';
import type { PatienceLimits } from './outages';
import type { ProcessIdentity } from './process-identity';
import type { RequestObserver } from './request-observer';
import type { RunStore } from './run-store';
import type { Worlds } from './worlds';

/** Everything around a Task that is not thinking: S3, the run store, time. */
export interface Host {
  readonly runStore: RunStore;
  /** Milliseconds that a range may work in the first, second, … round; the last one holds for all others. */
  readonly roundBudgetsMs: readonly number[];
  /** Ranges that can run at the same time; no more are made of a range. */
  readonly rangesAtOnce: number;
  /** What is deployed; undefined: nothing, so an execution may mirror anything. */
  readonly mirrors: readonly DeployedMirror[] | undefined;
  /** Memory of the deployed functions that work on ranges. */
  readonly rangeMemoryMib: number;
  readonly multipart: MultipartLimits;
  /** How long a range, and the end of a run, wait for a server that is away. */
  readonly patience: PatienceLimits;
  /** The S3 is AWS's own, whose list pages leave nothing out. */
  readonly trustsListings: boolean;
  /** Aborted when somebody stops the run. */
  readonly signal: AbortSignal;
  /** Unlike that of any other invocation. */
  readonly invocationId: string;
  /** Milliseconds since 1970. */
  now(): number;
  wait(milliseconds: number): Promise<void>;
  /** Milliseconds until this invocation is ended by force. */
  remainingMs(): number;
  openBuckets(run: Run, observer: RequestObserver): Buckets;
  openProbes(run: Run): BucketProbes;
  /** @param prefix  what the run is about; no more of the bucket has to be listed @throws BucketNotFoundError | AccessDeniedError */
  findRegion(
    bucket: string,
    owner: string | undefined,
    prefix: string,
    requestPayer: 'requester' | undefined,
    side: Side,
  ): Promise<string>;
  /** Absent: both sides of all runs are as the environment says. */
  readonly worlds?: Worlds;
  /** Of S3, where it is not AWS. */
  readonly endpoint?: string;
  /** The account of the credentials; undefined where nobody tells. */
  findAccount?(): Promise<string | undefined>;
  /** The lock that lies in the destination itself. @param signal  ends requests about it that are under way, and lets none follow */
  openLock(place: LockPlace, signal?: AbortSignal): LockStore;
  /** false only if it is certain that the execution has ended. @param process  of a local run, where that is known */
  isRunning(executionId: string, startedAt: string, process?: ProcessIdentity): Promise<boolean>;
  /** Of this very process; undefined where the system does not tell. */
  identifyProcess(): Promise<ProcessIdentity | undefined>;
  onProgress(counters: Counters): void;
  /** Whether others could take a part of this invocation's work, and have none. */
  othersIdle(): boolean;
}
