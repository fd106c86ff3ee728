/**
 * IMPORTANT: these shapes are shared by the constructs, the Lambda functions, the local runner and the command line.
 * They travel as JSON through the state machine (bucketsync.asl.json), so they hold data only.
 */
import type { DeployedRules } from './input/deployed-settings';
import type { SyncInput } from './input/sync-input';
import type { FoundLack } from './lacks';

export type { SyncInput, SyncRequest } from './input/sync-input';

/**
 * Raised with every change of what travels through the state machine: an execution that began before a deployment brings
 * the shapes of its own version, and no Task but `FinishRun` works with those of another one.
 */
export const CONTRACT_VERSION = 3;

/** A slice of the relative key space: `after` is exclusive, `until` inclusive; absent = open. */
export interface KeyRange {
  readonly after?: string;
  readonly until?: string;
}

/** A `KeyRange` that still has work, as the state machine carries it. */
export interface ContinuationToken extends KeyRange {
  /** The range is one object, `until`, and this multipart upload holds what was copied of it so far. */
  readonly upload?: UnfinishedUpload;
  /** A listing stopped among pages that the round decided nothing by. */
  readonly listing?: UnfinishedListing;
}

/**
 * Where listings go on that have found no key behind `after` so far, as S3 passes over delete markers. They are S3's own
 * tokens, so only S3 knows what they mean; if it does not accept one any more, the range is listed from its beginning.
 */
export interface UnfinishedListing {
  /** Of the side that the loop walks. */
  readonly walked?: string;
  readonly other?: string;
  /** Of the source, by a delete loop that found no content there yet: it may delete nothing before. */
  readonly content?: string;
  /** Whether that one began at the source's beginning, and not where there was content before. */
  readonly fromStart?: true;
}

export interface UnfinishedUpload {
  readonly id: string;
  /** Of the source's version that its parts are copied from. */
  readonly eTag: string;
  /** Parts up to this number are as the source has them, later ones may not be; absent where none was found wrong. */
  readonly rightParts?: number;
  /** Of each part but the last, if they are not the source's own, as those were too large for the time of an invocation. */
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
 * What told that two objects are equal. `remembered`: an earlier run proved it by checksums, or made it so by a copy, and
 * neither ETag has changed since; `date`: sizes are equal, and the source is not newer.
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
  /** Only of the copy loop of a verify phase: by what its `unchanged` objects were found equal. */
  proved?: Partial<Record<ProvedBy, number>>;
  /** Only there, too: how many of `copied` would be so only because nothing proves them equal. */
  unproven?: number;
  /** Of `skipped`: archived objects that S3 restores, so that a later run can copy them; absent where there are none. */
  waiting?: number;
  /** HTTP requests to S3, each attempt counted. */
  requests: RequestCounters;
  /** Absent where there are none. */
  surcharges?: Surcharges;
}

export const SURCHARGES = ['copy', 'head', 'retrieval', 'earlyDelete', 'kms'] as const;
export type SurchargeKind = (typeof SURCHARGES)[number];

/**
 * What S3 and KMS charge beyond the price of each request in the class STANDARD, in billionths of a US dollar at us-east-1
 * list prices:
 *
 * | kind | for |
 * | --- | --- |
 * | `copy`, `head` | requests about objects of another class |
 * | `retrieval` | bytes that a copy reads from an infrequent-access class |
 * | `earlyDelete` | what is overwritten or deleted before the shortest time of its class is over |
 * | `kms` | requests of S3 to KMS |
 */
export type Surcharges = Readonly<Partial<Record<SurchargeKind, number>>>;

/** One pass through the Parallel state that holds both loops. */
export interface Phase {
  readonly name: 'plan' | 'sync' | 'assets' | 'pages' | 'deletes' | 'verify';
  readonly copy: boolean;
  readonly delete: boolean;
  /** false: decide and report, write nothing. */
  readonly write: boolean;
  /** Globs in addition to the input's own; an object must pass both. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** What every Task of an execution needs to know. */
export interface Run {
  /** The `CONTRACT_VERSION` that the run began with. */
  readonly contract: number;
  /** Names the run in reports: the execution's name. */
  readonly id: string;
  /** The execution's ARN, or the local runner's equivalent. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly input: SyncInput;
  /** What else holds, of what the state machine is deployed with. */
  readonly deployed?: DeployedRules;
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  /** Whose state machine or credentials it is, where that was known in time. */
  readonly account?: string;
  readonly settings: BucketSettings;
  /** Names the run's entry in the lock of its destination; absent where it has none. */
  readonly lockId?: string;
  /** How many objects may be deleted: `maxDeletes` as a count, known once the plan has counted the destination. */
  readonly deleteLimit?: number;
  /** Where the source had content that takes part when it was last seen: a key, or the beginning of one. */
  readonly content?: string;
  /** All phases that copy have listed the source to its end, and it had no content that takes part. */
  readonly sourceWasEmpty?: true;
  /** Rounds of both loops in the phases that are done. */
  readonly rounds?: number;
}

/** What the buckets are set to, as far as copies heed it; both are false where nothing is copied. */
export interface BucketSettings {
  /** Copies say that the destination's owner gets control of them: it uses ACLs, a policy demands it, or the input does. */
  readonly acls: boolean;
  /** Nobody may say whether it uses them, so copies have none. */
  readonly aclsUnknown?: true;
  /** One of the buckets is a website, or nobody may say: any object may be a redirect, which no list page shows. */
  readonly website: boolean;
  /** A policy of the destination lets objects be written under a condition only, so the run works as with `conditional`. */
  readonly conditional?: boolean;
}

/** `Error` and `Cause` as a Catch writes them. */
export interface CaughtError {
  readonly Error: string;
  /** Empty after a timeout, or not there. */
  readonly Cause?: string;
}

/** What each range of a round may use, so that together they stay within the limits of a state and of the run. */
export interface RangeShare {
  /** Ranges of the round. */
  readonly ranges: number;
  /** Walkers in a range at the same time. So many may bring back what they have left, and a large object that waited. */
  readonly walkers: number;
  /** Large objects that a range copies at the same time; each may bring back a token. */
  readonly uploads: number;
  /** Milliseconds that the run has waited so far for a server that was away; none if it is not set. */
  readonly awayMs?: number;
}

/** A loop between two rounds. */
export interface LoopState {
  readonly round: number;
  /** How long each range of this round may work, in milliseconds. */
  readonly budgetMs: number;
  /** For each Task of this round the tokens that it works on. */
  readonly tokens: readonly (readonly ContinuationToken[])[];
  /** Left for a later round, because the state has no room for the results of so many ranges. */
  readonly waiting: readonly ContinuationToken[];
  readonly share: RangeShare;
  readonly counters: Counters;
  /** Ranges that were run so far, each one Lambda invocation. */
  readonly ranges: number;
  /** Of these, the ones that were children of a Distributed Map. */
  readonly mapRanges: number;
  /** Milliseconds that all ranges together were busy. */
  readonly busyMs: number;
  /** What attempts that were lost may have deleted of `deleteLimit`: nobody heard of it, so it is no part of `counters`. */
  readonly lostDeletes: number;
  /** Only of the copy loop: as in its ranges. */
  readonly content?: string;
  /** Rounds so far, one after the other, that decided no object, and of these the last ones that came no further at all. */
  readonly idle?: { readonly rounds: number; readonly stuck: number };
  readonly error?: CaughtError;
}

export interface Loops {
  readonly copy: LoopState;
  readonly delete: LoopState;
}

/** What `ClosePhase` needs of a loop that has ended; one that failed brings no more than this and `error`. */
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

/** The state after `RunPhase`, with the loops as they ended. */
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
  /** Of these, the ones that were children of a Distributed Map. */
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
  /** Together they name the range within its loop, for the report. */
  readonly round: number;
  readonly index: number;
  readonly share: RangeShare;
  /** Only of `DeleteRange`: what the rounds before have done, and `lostDeletes` of their loop. */
  readonly before?: Counters;
  readonly lostDeletes?: number;
}

/** What is left of a range; no tokens means that it is done. */
export interface RangeResult {
  readonly counters: Counters;
  readonly tokens: readonly ContinuationToken[];
  readonly elapsedMs: number;
  /** Milliseconds that it waited for a server that was away; none if it is not set. */
  readonly awayMs?: number;
  /** Only of a range that an earlier attempt had begun: as many deletes as it may have made before it was lost. */
  readonly lostDeletes?: number;
  /** Only of `CopyRange`: where it saw the first content that takes part, a key or the beginning of one; none if it saw none. */
  readonly content?: string;
}

/** A range whose Task failed after all retries, as its own Catch writes it. */
export interface FailedRange {
  readonly error: CaughtError;
}

/** A loop after a round: `result` of the only range, which needs no Map, or `results` of several. */
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
  /** The run's state; only `Error` and `Cause` where `ValidateInput` failed. */
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
  /** As normalised; as given where it was not valid. */
  readonly input: unknown;
  /** What else held, of what the state machine is deployed with. */
  readonly deployed?: DeployedRules;
  readonly phases: readonly { readonly name: Phase['name']; readonly copy: Counters; readonly delete: Counters }[];
  /** All phases that write (of a run that writes nothing: all phases), both loops added up; `listed` and the outcomes of both. */
  readonly totals: Counters;
  /** Whether a phase that writes has begun. If not, nothing was written: neither copied nor deleted. */
  readonly wrote: boolean;
  readonly elapsedMs: number;
  /** At us-east-1 list prices. */
  readonly estimatedCostUsd: EstimatedCost;
  /** Absent where the run did not begin. */
  readonly where?: Place;
  /** Copies have no ACL, since nobody may say whether the destination uses ACLs. */
  readonly aclsUnknown?: true;
  /** What the S3 was found to lack, and what that means for the run; absent: nothing, as on AWS. */
  readonly lacks?: readonly FoundLack[];
  /** Where the report is: `s3://bucket/runs/<run id>/` or a folder; absent where the run did not begin. */
  readonly report?: string;
  readonly error?: RunError;
}

export interface EstimatedCost {
  readonly total: number;
  readonly items: Readonly<Record<string, number>>;
  /** What the bill may have besides. */
  readonly notIncluded?: readonly string[];
}

/** Where a run worked. */
export interface Place {
  /** Whose credentials, or whose state machine, it was; absent where nobody told in time. */
  readonly account?: string;
  /** Of S3; absent: AWS. */
  readonly endpoint?: string;
  /** Endpoint of the source, or `AWS`, if what was copied went through the machine, since no server reaches both sides. */
  readonly streamedFrom?: string;
  readonly sourceRegion: string;
  readonly destinationRegion: string;
}

export interface RunError {
  readonly name: string;
  readonly message: string;
  /** Up to ten of the keys it is about; the report has all. */
  readonly keys: readonly string[];
}

/**
 * One line of a report: what became of one object in one phase.
 *
 * | phase | action | outcome |
 * | --- | --- | --- |
 * | plan | copy, delete, skip, restore | planned: nothing was written |
 * | sync, assets, pages, deletes | copy, delete, skip, restore | done |
 * | verify | compare | differs: the copy is outdated or missing, or (reason `orphan`) an orphan is left |
 * | any | any of its own | failed: `error` says why |
 */
export interface ReportLine {
  /** When it was decided, or S3 answered, by the clock of the function that did it: ISO 8601. */
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

/** How the name of a key begins with which permissions are tried; no object ever has it. */
export const PROBE_NAME = '.bucketsync-probe-';

/** Environment variables of the functions, and of the local runner's workers. */
export const ENVIRONMENT = {
  /** Where reports and the lock are: `s3://bucket`, `file:///folder` or `NOWHERE`. */
  reportLocation: 'BUCKETSYNC_REPORT_LOCATION',
  /** Where requests name a bucket: one of `ADDRESSING_STYLES`, `auto` if it is not set. */
  addressingStyle: 'BUCKETSYNC_ADDRESSING_STYLE',
  /** Comma-separated milliseconds: the budgets of the first rounds; the last one holds for all others. */
  roundBudgetsMs: 'BUCKETSYNC_ROUND_BUDGETS_MS',
  /** Ranges that can run at the same time, if that is not up to `maxConcurrency` alone. */
  rangesAtOnce: 'BUCKETSYNC_RANGES_AT_ONCE',
  /** Keys on a list page, 1 to 1,000; less than 1,000 only in tests. */
  pageSize: 'BUCKETSYNC_PAGE_SIZE',
  /**
   * What is deployed, only for `ValidateInput`: a JSON list of mirrors, each one object with fields of the input and with
   * `mayOverride`. Not set: an execution may mirror anything.
   */
  mirrors: 'BUCKETSYNC_MIRRORS',
  /** Account that has to own the bucket of the report location; not set: any. */
  reportOwner: 'BUCKETSYNC_REPORT_OWNER',
  /** How each side is reached, if not as the environment says: the JSON of `SideSetting`s. */
  sides: 'BUCKETSYNC_SIDES',
  /** Memory of the functions that work on ranges, in MiB, if it is not `RANGE_MEMORY_MIB`. */
  rangeMemoryMib: 'BUCKETSYNC_RANGE_MEMORY_MIB',
} as const;

/** A report location that keeps nothing, for a local plan that has no other. */
export const NOWHERE = 'nowhere:';

/**
 * Memory of the functions that work on ranges, in MiB. From 1,769 on a function has a whole core; the handlers run on
 * one thread, so more would buy nothing.
 */
export const RANGE_MEMORY_MIB = 1792;

/**
 * Budgets of the rounds in AWS, in milliseconds. Growing, so that a small bucket is done in round one and work that is
 * left is split soon. A round of several ranges is a Distributed Map, which takes some seven seconds to begin and to end,
 * so the first one is longer than that. Ranges are uneven, and a round lasts as long as its longest one: so most rounds
 * have two minutes, and more only in runs so long that their history could become full. The last one leaves a Lambda of
 * 15 minutes time to finish what it has begun.
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
 * `maxDeletes` as a count. A percentage is of what takes part at the destination: objects that are left alone anyway must
 * not make room for more deletes.
 *
 * @param planned  the counters of the delete loop of the run's plan
 */
export function allowedDeletes(maxDeletes: number | string, planned: Counters): number {
  if (typeof maxDeletes === 'number') return maxDeletes;
  return Math.floor(((planned.listed - planned.skipped) * Number.parseFloat(maxDeletes)) / 100);
}

/**
 * Objects that failed; `totals` leaves out phases that write nothing. The phases after a plan decide all keys again, so they,
 * and not the plan, say what failed.
 */
export function countFailed({ phases }: Pick<RunSummary, 'phases'>): number {
  const isPlan = phases.every(({ name }) => name === 'plan');
  const counted = phases.filter(({ name }) => isPlan || name !== 'plan');
  return counted.reduce((sum, phase) => sum + phase.copy.failed + phase.delete.failed, 0);
}
