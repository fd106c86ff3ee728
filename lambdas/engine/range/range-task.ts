import { STOPPING_MS } from '../../../statemachine/budgets';
import type { Counters, RangeInput } from '../../../statemachine/contract';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { AdaptiveConcurrency, START_OF_DELETES } from '../concurrency/adaptive-concurrency';
import { Surcharges } from '../cost/surcharges';
import { ContentWatch } from '../listing/content-watch';
import { openBuckets } from '../listing/hide-reserved';
import { isThere } from '../listing/is-there';
import { listLimits } from '../listing/list-limits';
import { LockFence } from '../lock/lock-fence';
import { keepsPlan, planToApply } from '../phases/start-loops';
import type { BucketProbes } from '../ports/bucket-probes';
import type { BucketReader } from '../ports/bucket-reader';
import type { BucketVersions } from '../ports/bucket-versions';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';
import type { MultipartLimits } from '../ports/object-uploads';
import type { RequestObserver } from '../ports/request-observer';
import { alsoTelling } from '../report/also-telling';
import { Report } from '../report/report';
import { TimedSignal } from '../run/timed-signal';
import { untilStopped } from '../run/until-stopped';
import { Lacks } from '../server/lacks';
import { Patience } from '../server/patience';
import { placeOfLacks } from '../server/place-of-lacks';
import { KeptUploads } from '../uploads/kept-uploads';
import { UnfinishedUploads } from '../uploads/unfinished-uploads';
import { wantedKeys } from '../wanted/wanted-keys';
import { Waymarks } from '../waymarks/waymarks-of-task';
import { Deadline } from './deadline';
import { FormerVersions } from './former-versions';
import { mayHandBack } from './hand-back';
import { LargeObjects } from './large-objects';
import { Ledger } from './ledger';
import { RangeFilter } from './range-filter';
import { type Sides, sidesOf } from './sides';
import { StopRules } from './stop-rules';
import { WrittenVersions } from './written-versions';

/**
 * The parts that both range Tasks are made of, side by side. Each part has one idea and knows nothing of this record: code that
 * works for a Task names the few parts that it requires.
 */
export interface RangeTask {
  readonly input: RangeInput;
  readonly loop: 'copy' | 'delete';
  /** The keys that the run is restricted to, in order; absent if it is about every key, or if a plan says which keys. */
  readonly keys: readonly string[] | undefined;
  /** Only of a copy loop that walks buckets: other functions may not read them. */
  readonly waymarks: Waymarks | undefined;

  // Both sides
  readonly buckets: Buckets;
  /** The Task waits for these list pages until it ends. */
  readonly sourceOfProofs: BucketReader;
  readonly sides: Sides;
  /** What the servers lack; undefined if both are AWS. */
  readonly lacks: Lacks | undefined;
  readonly multipart: MultipartLimits;
  readonly formerVersions: FormerVersions;
  openVersions(): BucketVersions;
  openProbes(): BucketProbes;

  // What becomes of objects
  readonly filter: RangeFilter;
  readonly ledger: Ledger;
  /** What becomes of the destination's objects, if one walk decides both sides. */
  readonly atDestination: Ledger;
  readonly report: Report;
  readonly written: WrittenVersions;
  readonly content: ContentWatch;
  readonly surcharges: Surcharges;
  readonly uploads: UnfinishedUploads;
  /** Only for copies through this machine. */
  readonly keptUploads: KeptUploads | undefined;

  // When it goes on, waits, and ends
  readonly fence: LockFence;
  readonly deadline: Deadline;
  readonly stops: StopRules;
  /** Ends copies through this machine in the middle. */
  readonly streamEnd: TimedSignal;
  readonly patience: Patience;
  readonly concurrency: AdaptiveConcurrency;
  readonly large: LargeObjects;
  now(): number;
  shouldHandBack(): boolean;
  tellProgress(): void;
}

/** `ValidateInput` has listed both sides. */
const LISTED = ['ListObjectsV2'];

/** @throws InterruptedError | AlreadyRunningError  the run was stopped, or has lost its lock, before the range began */
export async function beginRange(input: RangeInput, host: Host, loop: 'copy' | 'delete'): Promise<RangeTask> {
  const fence = new LockFence(input, host);
  return untilStopped(async () => {
    await fence.start();
    const { run, phase } = input;
    const applies = planToApply(phase, run) !== undefined;
    const [keys, lacks, waymarks] = await Promise.all([
      applies ? undefined : wantedKeys(input, host, loop),
      Lacks.open(run, placeOfLacks(run.input, host), LISTED),
      applies || loop === 'delete' || isAboutSomeKeys(run.input) ? undefined : Waymarks.open(input, host),
    ]);
    return assemble({ input, host, loop, fence, lacks, keys, waymarks });
  }, host);
}

type Begun = Pick<RangeTask, 'input' | 'loop' | 'fence' | 'lacks' | 'keys' | 'waymarks'> & { readonly host: Host };

function assemble({ host, ...begun }: Begun): RangeTask {
  const { input, loop } = begun;
  const { run, share } = input;
  const books = openBooks(begun, host);
  const { counters } = books.ledger;
  const tellProgress = () => host.onProgress(readProgress);
  const times = openTimes(begun, host, { counters, tellProgress });
  const most = run.input.requestConcurrency;
  const concurrency = new AdaptiveConcurrency(most, loop === 'delete' ? START_OF_DELETES : undefined, tellProgress);
  const readProgress = () => ({ counters: shownCounters(books), inFlight: concurrency.inFlight });
  const large = new LargeObjects(share.uploads);
  const surcharges = new Surcharges(counters, () => host.now());
  const parts = { ...begun, ...books, ...times, concurrency, large, surcharges, tellProgress };
  const observer = observe(parts, host);
  const buckets = openBuckets(host, run, observer);
  // Each delete waits for its proof. Without a proof the object fails, because no other Task continues it.
  const patient = { ...observer, ...listLimits(host, () => times.deadline.endAt) };
  return {
    ...parts,
    buckets,
    sourceOfProofs: openBuckets(host, run, patient).source,
    sides: sidesOf(run.input, host),
    multipart: host.multipart,
    filter: new RangeFilter(input),
    content: new ContentWatch(),
    uploads: new UnfinishedUploads(input),
    keptUploads: buckets.streams ? KeptUploads.of(run, placeOfLacks(run.input, host)) : undefined,
    openVersions: () => host.openVersions(run, observer),
    openProbes: () => host.openProbes(run),
    now: () => host.now(),
    shouldHandBack: () => mayHandBack(input, host, { deadline: times.deadline, large, ledger: books.ledger }),
  };
}

type Times = Pick<RangeTask, 'deadline' | 'stops' | 'streamEnd' | 'patience'>;

/** They need each other: a wait for a server is no part of the budget, and the end of the Task ends the wait. */
function openTimes(
  { input, fence, lacks }: Pick<Begun, 'input' | 'fence' | 'lacks'>,
  host: Host,
  { counters, tellProgress }: { readonly counters: Counters; readonly tellProgress: () => void },
): Times {
  const { run, share, budgetMs } = input;
  const deadline: Deadline = new Deadline(host, budgetMs, () => patience.waitedMs);
  const stops = new StopRules(host, deadline, fence, tellProgress);
  const patience: Patience = new Patience(
    host,
    host.patience,
    () => isThere(run, host, { counters: counters.requests, lacks }),
    () => stops.interrupted || deadline.isOver,
    share.awayMs ?? 0,
  );
  const streamEnd = TimedSignal.after(Math.max(0, host.remainingMs() - STOPPING_MS), host.signal);
  return { deadline, stops, patience, streamEnd };
}

type Observed =
  | 'ledger'
  | 'written'
  | 'concurrency'
  | 'surcharges'
  | 'formerVersions'
  | 'fence'
  | 'lacks'
  | keyof Times;

/** Which part is told what by the requests to both buckets. */
function observe(task: Pick<RangeTask, Observed>, host: Host): RequestObserver {
  const { ledger, written, concurrency, surcharges, formerVersions, fence, lacks, patience, deadline, streamEnd } =
    task;
  return {
    counters: ledger.counters.requests,
    onSlowDown: () => concurrency.slowDown(),
    onKmsRequest: () => surcharges.askedKms(),
    onWritten: written.note,
    versionOf: formerVersions.of,
    gate: fence,
    lacks,
    patience,
    ...listLimits(host, () => deadline.stopAt),
    streamSignal: streamEnd.signal,
  };
}

type Books = Pick<RangeTask, 'report' | 'ledger' | 'atDestination' | 'written' | 'formerVersions'>;

function openBooks({ input, loop }: Pick<Begun, 'input' | 'loop'>, host: Host): Books {
  const { run, phase, round, index } = input;
  const writer = `${phase.name}-${loop}-${round}-${index}-${host.invocationId}`;
  const report = new Report(host.runStore, run.id, writer, run.input.prefix);
  const written = new WrittenVersions();
  const formerVersions = new FormerVersions();
  const reported = { name: phase.name, isApplied: keepsPlan(phase, run, host.runStore) && !run.input.dryRun };
  const told = alsoTelling(report, host.onReported);
  const ledger = new Ledger(told, reported, () => host.now(), { written, formerVersions });
  return { report, written, formerVersions, ledger, atDestination: new Ledger(told, reported, () => host.now()) };
}

function shownCounters({ ledger: { counters }, atDestination }: Books) {
  const { deleted } = atDestination.counters;
  return deleted > 0 ? { ...counters, deleted } : counters;
}
