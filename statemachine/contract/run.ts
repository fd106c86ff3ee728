import type { Step } from '../input/copying-steps';
import type { DeployedRules } from '../input/deployed-settings';
import type { SyncInput } from '../input/sync-input';

/** One pass through the Parallel state that holds both loops. */
export interface Phase {
  readonly name: 'plan' | 'sync' | Step['name'] | 'first-deletes' | 'deletes' | 'verify';
  readonly copy: boolean;
  readonly delete: boolean;
  /** false: decide and report, write nothing. */
  readonly write: boolean;
  /** Globs in addition to the input's. An object must pass both. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** How many actions a plan has. */
export interface PlanTotals {
  /** For the copy loop: copies, restores, and objects that the plan could not decide. */
  readonly copies: number;
  /** Of `copies`: archived objects that S3 is to restore. */
  readonly restores: number;
  readonly deletes: number;
}

/** A plan that the run store keeps. */
export interface KeptPlan extends PlanTotals {
  /** The run that made it. */
  readonly id: string;
  /** Of its index, which has those of its parts. */
  readonly sha256: string;
}

/** The plan that both loops apply. */
export interface AppliedPlan extends KeptPlan {
  /** Somebody has reviewed the plan, so objects that have changed since are left alone. Absent: the run decides about them again. */
  readonly exactly?: true;
}

/** What CloudFront was told. */
export interface SentInvalidation {
  /** Paths and tags. CloudFront charges for each. */
  readonly paths: number;
  /** Of the invalidations that CloudFront has made of them. */
  readonly ids: readonly string[];
  /** Whether all edges have done it. Absent: nobody waited. */
  readonly completed?: boolean;
}

/** What every Task of an execution requires. */
export interface Run {
  /** The `CONTRACT_VERSION` that the run began with. */
  readonly contract: number;
  /** Name of the run in reports: the execution's name. */
  readonly id: string;
  /** The execution's ARN, or the id that the local runner makes: see `execution-id.ts`. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly input: SyncInput;
  /** Deployed rules that apply in addition to the input. */
  readonly deployed?: DeployedRules;
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  /** Account of the state machine or of the credentials, if it was known in time. */
  readonly account?: string;
  readonly settings: BucketSettings;
  /** Id of the run's entry in the lock of its destination. Absent if it has none. */
  readonly lockId?: string;
  /** How many objects may be deleted: `maxDeletes` as a count. Known when the plan has counted the destination. */
  readonly deleteLimit?: number;
  /** Where the source had content for this run when it was last seen: a key, or the beginning of a key. */
  readonly content?: string;
  /** All phases that copy have listed the source to its end and found no content for this run. */
  readonly sourceWasEmpty?: true;
  /** A bit for each of the first globs of `include` and `exclude` that has matched a key. Absent: none has. */
  readonly matched?: number;
  /** Absent: both loops walk the buckets and decide while they act. */
  readonly plan?: AppliedPlan;
  /** What CloudFront was told before the deletes. Absent: it was told nothing yet. */
  readonly invalidated?: SentInvalidation;
  /** Rounds of both loops in all completed phases. */
  readonly rounds?: number;
}

/** The settings of the buckets that copies depend on. Both are false if nothing is copied. */
export interface BucketSettings {
  /** Copies give the destination's owner control: the bucket uses ACLs, a policy requires it, or the input sets it. */
  readonly acls: boolean;
  /** The run may not find out whether the bucket uses ACLs, so copies have none. */
  readonly aclsUnknown?: true;
  /** One of the buckets is a website, or the run may not find out. Then any object may be a redirect; list pages do not show it. */
  readonly website: boolean;
  /** A policy of the destination allows only conditional writes, so the run works as with `conditional`. */
  readonly conditional?: boolean;
}

/** `Error` and `Cause` as a Catch writes them. */
export interface CaughtError {
  readonly Error: string;
  /** Empty or absent after a timeout. */
  readonly Cause?: string;
}
