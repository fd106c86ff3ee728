/**
 * IMPORTANT: these shapes are shared by the constructs, the Lambda functions, the local runner and the command line.
 * They travel as JSON through the state machine (bucketsync.asl.json), so they hold data only.
 */
import type { DeployedRules } from './input/deployed-settings';
import type { SyncInput } from './input/sync-input';
import type { FoundLack } from './lacks';

export type { SyncInput, SyncRequest } from './input/sync-input';

/**
 * Increase this when the state changes. An execution that began before a deployment brings the shapes of its own version.
 * Only `FinishRun` works with another version.
 */
export const CONTRACT_VERSION = 4;

/** A slice of the relative key space: `after` is exclusive, `until` inclusive; absent = open. */
export interface KeyRange {
  readonly after?: string;
  readonly until?: string;
}

/** A `KeyRange` that still has work, as the state machine carries it. */
export interface ContinuationToken extends KeyRange {
  /** The range is one object, `until`. This multipart upload has the parts that are copied so far. */
  readonly upload?: UnfinishedUpload;
  /** A listing stopped in a stretch of pages without keys. */
  readonly listing?: UnfinishedListing;
}

/**
 * Where listings continue that have found no key after `after` yet, because S3 skips delete markers. These are S3's own
 * tokens. If S3 rejects one, the range is listed from its beginning.
 */
export interface UnfinishedListing {
  /** Token of the side that the loop walks. */
  readonly walked?: string;
  readonly other?: string;
  /** Token of the source, for a delete loop that has not found content there yet. It may delete nothing before it does. */
  readonly content?: string;
  /** Whether `content` began at the source's beginning, and not where an earlier listing had found content. */
  readonly fromStart?: true;
}

export interface UnfinishedUpload {
  readonly id: string;
  /** ETag of the source's version whose parts are copied. */
  readonly eTag: string;
  /** Parts up to this number have the source's sizes; later ones may not. Absent if no wrong part was found. */
  readonly rightParts?: number;
  /** Size of each part but the last, if the source's own parts are too large for the time of an invocation. */
  readonly partBytes?: number;
}

export interface RequestCounters {
  list: number;
  head: number;
  copy: number;
  delete: number;
  other: number;
}

/**
 * What proved two objects equal. `remembered`: an earlier run found equal checksums or made the copy, and neither ETag has changed
 * since. `date`: the sizes are equal, and the source is not newer.
 */
export type ProvedBy = 'eTag' | 'checksum' | 'remembered' | 'date' | 'size';

/**
 * What a loop did. Every object listed on the walked side is decided exactly once:
 * in the copy loop `listed = copied + unchanged + skipped + failed`,
 * in the delete loop `listed = deleted + unchanged + skipped + failed`.
 * A phase that does not write counts what it would have done.
 */
export interface Counters {
  listed: number;
  copied: number;
  copiedBytes: number;
  deleted: number;
  unchanged: number;
  skipped: number;
  failed: number;
  /** Only in the copy loop of a verify phase: what proved its `unchanged` objects equal. */
  proved?: Partial<Record<ProvedBy, number>>;
  /** Only there, too: how many of `copied` differ only because nothing proves them equal. */
  unproven?: number;
  /** Of `skipped`: archived objects that S3 is restoring, so that a later run can copy them. Absent if there are none. */
  waiting?: number;
  /** HTTP requests to S3. Each attempt counts. */
  requests: RequestCounters;
  /** Absent if there are none. */
  surcharges?: Surcharges;
}

export const SURCHARGES = ['copy', 'head', 'retrieval', 'earlyDelete', 'kms'] as const;
export type SurchargeKind = (typeof SURCHARGES)[number];

/**
 * What S3 and KMS charge in addition to the STANDARD price of each request, in billionths of a US dollar at us-east-1
 * list prices:
 *
 * | kind | for |
 * | --- | --- |
 * | `copy`, `head` | requests about objects of another class |
 * | `retrieval` | bytes that a copy reads from an infrequent-access class |
 * | `earlyDelete` | objects that are overwritten or deleted before the minimum storage time of their class |
 * | `kms` | requests from S3 to KMS |
 */
export type Surcharges = Readonly<Partial<Record<SurchargeKind, number>>>;

/** One pass through the Parallel state that holds both loops. */
export interface Phase {
  readonly name: 'plan' | 'sync' | 'assets' | 'pages' | 'deletes' | 'verify';
  readonly copy: boolean;
  readonly delete: boolean;
  /** false: decide and report, write nothing. */
  readonly write: boolean;
  /** Globs in addition to the input's. An object must pass both. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What every Task of an execution requires. */
export interface Run {
  /** The `CONTRACT_VERSION` that the run began with. */
  readonly contract: number;
  /** Name of the run in reports: the execution's name. */
  readonly id: string;
  /** The execution's ARN, or the local runner's equivalent. */
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

/** Limits of each range in a round, so that all ranges together keep to the limits of the state and of the run. */
export interface RangeShare {
  /** Number of ranges in the round. */
  readonly ranges: number;
  /** Walkers in a range at the same time. Each may return its rest and a large object that waited. */
  readonly walkers: number;
  /** Large objects that a range copies at the same time. Each may return a token. */
  readonly uploads: number;
  /** Milliseconds that the run has waited for an unavailable server so far. Absent: none. */
  readonly awayMs?: number;
}

/** A loop between two rounds. */
export interface LoopState {
  readonly round: number;
  /** Time budget of each range in this round, in milliseconds. */
  readonly budgetMs: number;
  /** For each Task of this round the tokens that it works on. */
  readonly tokens: readonly (readonly ContinuationToken[])[];
  /** Tokens for a later round, because the state has no room for the results of so many ranges. */
  readonly waiting: readonly ContinuationToken[];
  readonly share: RangeShare;
  readonly counters: Counters;
  /** Number of ranges run so far. Each is one Lambda invocation. */
  readonly ranges: number;
  /** How many of them were children of a Distributed Map. */
  readonly mapRanges: number;
  /** Sum of the milliseconds that the ranges worked. */
  readonly busyMs: number;
  /** Deletes that lost attempts may have made. They count towards `deleteLimit`, but are not in `counters`, because no result arrived. */
  readonly lostDeletes: number;
  /** Only of the copy loop: as in its ranges. */
  readonly content?: string;
  /** The last rounds in a row that decided no object, and how many rounds at the end made no progress at all. */
  readonly idle?: { readonly rounds: number; readonly stuck: number };
  readonly error?: CaughtError;
}

export interface Loops {
  readonly copy: LoopState;
  readonly delete: LoopState;
}

/** What `ClosePhase` requires of a loop that has ended. A failed loop has only this and `error`. */
export type EndedLoop = Pick<
  LoopState,
  'round' | 'counters' | 'ranges' | 'mapRanges' | 'busyMs' | 'lostDeletes' | 'content' | 'error'
> &
  Partial<Pick<LoopState, 'share'>>;

/** The state between two phases. */
export interface RunState {
  readonly run: Run;
  /** Phases still to run, the next one first. */
  readonly phases: readonly Phase[];
  readonly loops: Loops;
  readonly done: readonly FinishedPhase[];
  readonly error?: CaughtError;
}

/** The state after `RunPhase`, with both loops at their end. */
export interface PhaseEnd extends Omit<RunState, 'loops'> {
  readonly loops: { readonly copy: EndedLoop; readonly delete: EndedLoop };
}

export interface FinishedPhase {
  readonly name: Phase['name'];
  readonly copy: FinishedLoop;
  readonly delete: FinishedLoop;
}

export interface FinishedLoop {
  readonly counters: Counters;
  readonly rounds: number;
  readonly ranges: number;
  /** How many of them were children of a Distributed Map. */
  readonly mapRanges: number;
  readonly busyMs: number;
  /** Only of the copy loop: as in its ranges. */
  readonly content?: string;
}

export interface ValidateInputInput {
  /** The `CONTRACT_VERSION` of the definition that the execution began with. */
  readonly contract: number;
  readonly input: unknown;
  readonly executionId: string;
  readonly executionName: string;
  readonly startedAt: string;
}

export interface RangeInput {
  readonly run: Run;
  readonly phase: Phase;
  /** One or more. */
  readonly tokens: readonly ContinuationToken[];
  readonly budgetMs: number;
  /** `round` and `index` identify the range within its loop, for the report. */
  readonly round: number;
  readonly index: number;
  readonly share: RangeShare;
  /** Only for `DeleteRange`: counters of the earlier rounds, and `lostDeletes` of their loop. */
  readonly before?: Counters;
  readonly lostDeletes?: number;
}

/** The result of a range. `tokens` are its rest; if there are none, the range is done. */
export interface RangeResult {
  readonly counters: Counters;
  readonly tokens: readonly ContinuationToken[];
  readonly elapsedMs: number;
  /** Milliseconds that the range waited for an unavailable server. Absent: none. */
  readonly awayMs?: number;
  /** Only if an earlier attempt of this range was lost: how many deletes it may have made. */
  readonly lostDeletes?: number;
  /** Only for `CopyRange`: where it first saw content for this run, a key or the beginning of a key. Absent if it saw none. */
  readonly content?: string;
}

/** A range whose Task failed after all retries. Its own Catch writes this. */
export interface FailedRange {
  readonly error: CaughtError;
}

/** A loop after a round: `result` of a single range, which requires no Map, or `results` of several. */
export interface LoopAfterRound extends LoopState {
  readonly result?: RangeResult | FailedRange;
  readonly results?: readonly (RangeResult | FailedRange)[];
}

export interface AdvanceInput {
  readonly run: Run;
  readonly phase: Phase;
  readonly loop: LoopAfterRound;
}

export interface FinishRunInput {
  /** The run's state. If `ValidateInput` failed: only `Error` and `Cause`. */
  readonly state: RunState | CaughtError;
  readonly executionInput: unknown;
  readonly executionId: string;
  readonly executionName: string;
  readonly startedAt: string;
}

/** The execution's output, and what `--json` prints. */
export interface RunSummary {
  readonly runId: string;
  readonly status: 'succeeded' | 'failed';
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
  readonly elapsedMs: number;
  /** At us-east-1 list prices. */
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
}

export interface EstimatedCost {
  readonly total: number;
  readonly items: Readonly<Record<string, number>>;
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
  /** Why: `missing`, `size`, `etag`, `time`, `metadata`, `always`, `orphan`, `gone`, `archived`, `restoring`, `filtered`, ... */
  readonly reason: string;
  /** Set if it failed: S3's error code and message. */
  readonly error?: string;
}

/** Beginning of the key names that permissions are tested with. No object ever has such a name. */
export const PROBE_NAME = '.bucketsync-probe-';

/** Environment variables of the functions, and of the local runner's workers. */
export const ENVIRONMENT = {
  /** Where reports and the lock are: `s3://bucket`, `file:///folder` or `NOWHERE`. */
  reportLocation: 'BUCKETSYNC_REPORT_LOCATION',
  /** Where requests name a bucket: one of `ADDRESSING_STYLES`. Not set: `auto`. */
  addressingStyle: 'BUCKETSYNC_ADDRESSING_STYLE',
  /** Comma-separated milliseconds: the budgets of the first rounds. The last one applies to all later rounds. */
  roundBudgetsMs: 'BUCKETSYNC_ROUND_BUDGETS_MS',
  /** Ranges that can run at the same time, if something else than `maxConcurrency` limits them. */
  rangesAtOnce: 'BUCKETSYNC_RANGES_AT_ONCE',
  /** Keys on a list page, 1 to 1,000. Tests use less than 1,000. */
  pageSize: 'BUCKETSYNC_PAGE_SIZE',
  /**
   * The deployed mirrors, only for `ValidateInput`: a JSON list of objects with fields of the input and `mayOverride`.
   * Not set: an execution may mirror anything.
   */
  mirrors: 'BUCKETSYNC_MIRRORS',
  /** Account that must own the bucket of the report location. Not set: any. */
  reportOwner: 'BUCKETSYNC_REPORT_OWNER',
  /** How to reach each side, if not as the environment says: the JSON of `SideSetting`s. */
  sides: 'BUCKETSYNC_SIDES',
  /** Memory of the functions that work on ranges, in MiB, if it is not `RANGE_MEMORY_MIB`. */
  rangeMemoryMib: 'BUCKETSYNC_RANGE_MEMORY_MIB',
} as const;

/** A report location that keeps nothing, for a local plan that has no other. */
export const NOWHERE = 'nowhere:';

/**
 * Memory of the functions that work on ranges, in MiB. With 1,769 or more, a function has a whole core. The handlers run on
 * one thread, so more cores would not help.
 */
export const RANGE_MEMORY_MIB = 1792;

/**
 * Budgets of the rounds in AWS, in milliseconds. They grow, so that round one completes a small bucket and the rest is split
 * soon. A round of several ranges is a Distributed Map, which takes about seven seconds to begin and end, so the first
 * budget is longer. A round lasts as long as its longest range, so most rounds have two minutes. Only runs that could fill
 * their history get more. After the longest budget, a Lambda of 15 minutes still has time to finish what it has begun.
 */
export const ROUND_BUDGETS_MS: readonly number[] = [
  20_000,
  60_000,
  ...Array<number>(8).fill(120_000),
  ...Array<number>(8).fill(240_000),
  600_000,
];

/** Fresh counters, all zero. */
export function emptyCounters(): Counters {
  return {
    listed: 0,
    copied: 0,
    copiedBytes: 0,
    deleted: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    requests: { list: 0, head: 0, copy: 0, delete: 0, other: 0 },
  };
}

/** The sum, field by field. */
export function addCounters(a: Counters, b: Counters): Counters {
  return {
    listed: a.listed + b.listed,
    copied: a.copied + b.copied,
    copiedBytes: a.copiedBytes + b.copiedBytes,
    deleted: a.deleted + b.deleted,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    ...addProved(a.proved, b.proved),
    ...((a.unproven || b.unproven) && { unproven: (a.unproven ?? 0) + (b.unproven ?? 0) }),
    ...((a.waiting || b.waiting) && { waiting: (a.waiting ?? 0) + (b.waiting ?? 0) }),
    requests: {
      list: a.requests.list + b.requests.list,
      head: a.requests.head + b.requests.head,
      copy: a.requests.copy + b.requests.copy,
      delete: a.requests.delete + b.requests.delete,
      other: a.requests.other + b.requests.other,
    },
    ...((a.surcharges || b.surcharges) && { surcharges: addSurcharges(a.surcharges, b.surcharges) }),
  };
}

function addProved(a: Counters['proved'], b: Counters['proved']): Pick<Counters, 'proved'> {
  if (!a || !b) return a || b ? { proved: { ...(a ?? b) } } : {};
  const proved = { ...a };
  for (const [by, count] of Object.entries(b) as [ProvedBy, number][]) proved[by] = (proved[by] ?? 0) + count;
  return { proved };
}

export function addSurcharges(a: Surcharges = {}, b: Surcharges = {}): Surcharges {
  const sums = SURCHARGES.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== 0));
}

/**
 * `maxDeletes` as a count. A percentage refers to the destination objects that the filters include: other objects must not
 * allow more deletes.
 *
 * @param planned  the counters of the delete loop of the run's plan
 */
export function allowedDeletes(maxDeletes: number | string, planned: Counters): number {
  if (typeof maxDeletes === 'number') return maxDeletes;
  return Math.floor(((planned.listed - planned.skipped) * Number.parseFloat(maxDeletes)) / 100);
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
