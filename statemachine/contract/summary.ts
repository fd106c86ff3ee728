import type { DeployedRules } from '../input/deployed-settings';
import type { FoundLack } from '../lacks';
import type { Counters } from './counters';
import type { KeptPlan, Phase, SentInvalidation } from './run';

/** The execution's output, and what `--json` prints. */
export interface RunSummary {
  readonly runId: string;
  /** `held`: somebody holds the destination, so the run did nothing. */
  readonly status: 'succeeded' | 'failed' | 'held';
  /** ISO 8601. */
  readonly startedAt: string;
  /** The normalised input. If it was invalid: the input as given. */
  readonly input: unknown;
  /** Deployed rules that applied in addition to the input. */
  readonly deployed?: DeployedRules;
  readonly phases: readonly { readonly name: Phase['name']; readonly copy: Counters; readonly delete: Counters }[];
  /** Sum of both loops in all phases that write. If the run writes nothing: in all phases. */
  readonly totals: Counters;
  /** Whether a phase that writes has begun. If not, the run copied and deleted nothing. */
  readonly wrote: boolean;
  /**
   * How many objects of the destination took part in the run that this one follows: the plan that it has applied, or the run that
   * it has undone or retried. Absent: it follows none, or that is not known.
   */
  readonly takingPart?: number;
  /** Whether the destination keeps former versions of what the run has written, so that the run can be undone. Absent: it wrote nothing. */
  readonly keepsVersions?: boolean;
  /** Since when later runs are kept from the destination, because this run has undone another one. ISO 8601. */
  readonly heldSince?: string;
  /** Only of the plan of an undo: until then S3 keeps all that the run replaced or deleted; after that it may remove it. ISO 8601. */
  readonly undoableUntil?: string;
  /** The plan that the run has made and kept, or that it has applied. */
  readonly keptPlan?: KeptPlan & {
    /** Of what this summary says about the plan. */
    readonly findings: string;
  };
  /** What CloudFront was told of what has changed. Absent: nobody asked for that. */
  readonly invalidation?: Invalidation;
  readonly elapsedMs: number;
  /** At list prices. */
  readonly estimatedCostUsd: EstimatedCost;
  /** Absent if the run did not begin. */
  readonly where?: Place;
  /** Copies have no ACL, because the run may not find out whether the destination uses ACLs. */
  readonly aclsUnknown?: true;
  /** What the S3 lacks, and what that means for the run. Absent: nothing, as on AWS. */
  readonly lacks?: readonly FoundLack[];
  /** Where the report is: `s3://bucket/runs/<run id>/` or a folder. Absent if the run did not begin. */
  readonly report?: string;
  readonly error?: RunError;
  /** Probable mistakes in the input, and work beside the mirror that failed. Absent if there are none. */
  readonly warnings?: readonly RunWarning[];
}

/** Of a plan: at most how many paths a run that carries it out would invalidate, and no ids. */
export interface Invalidation extends SentInvalidation {
  readonly distribution: string;
}

/**
 * | name | what |
 * | --- | --- |
 * | `nothing-listed` | the folder of the source has no objects |
 * | `all-left-out` | no object of the source takes part |
 * | `not-invalidated` | CloudFront was not told what has changed |
 * | `not-held` | a run was undone, but its destination could not be held |
 * | `unmatched-globs` | globs that match no key of either side. The first 31 globs are watched |
 * | `dates-lost` | the dates of orphans are missing or damaged, so the time of these orphans begins again |
 * | `not-announced` | a message or an event about the run was not sent. Only the execution's output has it |
 */
export interface RunWarning {
  readonly name:
    | ('nothing-listed' | 'all-left-out' | 'unmatched-globs' | 'dates-lost')
    | ('not-announced' | 'not-held' | 'not-invalidated');
  /** One sentence without a full stop. */
  readonly message: string;
}

export interface EstimatedCost {
  readonly total: number;
  readonly items: Readonly<Record<string, number>>;
  /** Absent if nothing was priced. */
  readonly prices?: {
    /** When these list prices were last compared with those of AWS: `2026-11-28`. */
    readonly asOf: string;
    /** Whose prices these are: the destination's Region, or us-east-1 if bucketsync does not know the prices there. */
    readonly region: string;
  };
  /** Costs that the estimate leaves out. */
  readonly notIncluded?: readonly string[];
}

/** Where a run worked. */
export interface Place {
  /** Account of the credentials or of the state machine. Absent if it was not known in time. */
  readonly account?: string;
  /** Endpoint of S3. Absent: AWS. */
  readonly endpoint?: string;
  /** Set if copies went through the machine, because no server reaches both sides: endpoint of the source, or `AWS`. */
  readonly streamedFrom?: string;
  readonly sourceRegion: string;
  readonly destinationRegion: string;
}

export interface RunError {
  readonly name: string;
  readonly message: string;
  /** Up to ten of the affected keys. The report has all. */
  readonly keys: readonly string[];
}

/**
 * One line of a report: what happened to one object in one phase.
 *
 * | phase | action | outcome |
 * | --- | --- | --- |
 * | plan | copy, delete, skip, restore | planned: nothing was written |
 * | sync, assets, pages, deletes | copy, delete, skip, restore | done |
 * | verify | compare | differs: the copy is outdated or missing, or (reason `orphan`) an orphan is left |
 * | any | any of the above | failed: `error` says why |
 */
export interface ReportLine {
  /** When the function decided it, or got S3's answer, by its own clock. ISO 8601. */
  readonly time: string;
  readonly phase: Phase['name'];
  readonly action: 'copy' | 'delete' | 'skip' | 'restore' | 'compare';
  readonly outcome: 'done' | 'planned' | 'differs' | 'failed';
  readonly key: string;
  readonly sizeBytes: number;
  readonly eTag: string;
  /** The version, or delete marker, as which the destination keeps what the run has written. Absent: it keeps no versions, or did not say. */
  readonly versionId?: string;
  /** Why: `missing`, `size`, `etag`, `time`, `metadata`, `always`, `orphan`, `grace`, `gone`, `archived`, `restoring`, `filtered`, ... */
  readonly reason: string;
  /** Set if it failed: S3's error code and message. */
  readonly error?: string;
}

/**
 * Number of failed objects; `totals` leaves out phases that write nothing. The phases after a plan decide all keys again,
 * so their failures count, and not the plan's.
 */
export function countFailed({ phases }: Pick<RunSummary, 'phases'>): number {
  const isPlan = phases.every(({ name }) => name === 'plan');
  const counted = phases.filter(({ name }) => isPlan || name !== 'plan');
  return counted.reduce((sum, phase) => sum + phase.copy.failed + phase.delete.failed, 0);
}
