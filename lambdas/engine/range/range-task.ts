import PQueue from 'p-queue';
import { SLOWEST_BYTES_PER_MS, SLOWEST_STREAM_BYTES_PER_MS, STOPPING_MS } from '../../../statemachine/budgets';
import type { FailedRange, RangeInput, RangeResult } from '../../../statemachine/contract';
import { CredentialsExpiredError, InterruptedError, SourceEmptyError } from '../../../statemachine/errors';
import { AdaptiveConcurrency, START_OF_DELETES } from '../concurrency/adaptive-concurrency';
import { Surcharges } from '../cost/surcharges';
import { isContent, placeOf } from '../listing/content';
import { openBuckets } from '../listing/hide-reserved';
import { isThere } from '../listing/is-there';
import { listLimits } from '../listing/list-limits';
import { LockFence } from '../lock/lock-fence';
import { keepsPlan, planToApply } from '../phases/start-loops';
import type { BucketProbes } from '../ports/bucket-probes';
import type { BucketReader, ListedObject } from '../ports/bucket-reader';
import type { BucketVersions } from '../ports/bucket-versions';
import type { Buckets } from '../ports/bucket-writer';
import type { Host, RangeProgress } from '../ports/host';
import type { MultipartLimits } from '../ports/object-uploads';
import type { RequestObserver } from '../ports/request-observer';
import { alsoTelling } from '../report/also-telling';
import { Report } from '../report/report';
import { untilStopped } from '../run/until-stopped';
import { isAws } from '../server/is-aws';
import { Lacks } from '../server/lacks';
import { Patience } from '../server/patience';
import { placeOfLacks } from '../server/place-of-lacks';
import { withFittingListings } from '../split/range-share';
import { KeptUploads } from '../uploads/kept-uploads';
import { abortAll, UnfinishedUploads } from '../uploads/unfinished-uploads';
import type { WalkEnd } from '../walk/walker';
import { wantedKeys } from '../wanted/wanted-keys';
import { Deadline } from './deadline';
import { Ledger } from './ledger';
import { RangeFilter } from './range-filter';
import { WrittenVersions } from './written-versions';

/**
 * A Task that only lists shares no less than this. Each of its walkers lists up to two pages of each side again in the next round,
 * so with all walkers this is a tenth more.
 */
const LISTS_BEFORE_SHARE = 640;

/**
 * Puts together what both range Tasks share: the two buckets, the ledger, the filter, the deadline and the concurrency. Code that
 * works for a Task names the few members that it requires.
 */
export class RangeTask {
  readonly ledger: Ledger;
  /** What becomes of the destination's objects, if one walk decides both sides. */
  readonly atDestination: Ledger;
  readonly deadline: Deadline;
  readonly filter: RangeFilter;
  readonly buckets: Buckets;
  /** The Task waits for these list pages until it ends. */
  readonly sourceOfProofs: BucketReader;
  readonly concurrency: AdaptiveConcurrency;
  readonly surcharges: Surcharges;
  readonly uploads: UnfinishedUploads;
  /** Only for copies through this machine. */
  readonly keptUploads: KeptUploads | undefined;
  readonly written = new WrittenVersions();
  /** The former versions that are read instead of the latest ones. */
  readonly #versions = new Map<string, string>();
  readonly #observer: RequestObserver;
  readonly #large: PQueue;
  readonly #report: Report;
  #ended: CredentialsExpiredError | undefined;
  readonly #patience: Patience;
  #content: string | undefined;

  /** @throws InterruptedError | AlreadyRunningError  the run was stopped, or has lost its lock, before the range began */
  static async begin(input: RangeInput, host: Host, loop: 'copy' | 'delete'): Promise<RangeTask> {
    const fence = new LockFence(input, host);
    return untilStopped(async () => {
      await fence.start();
      const [keys, lacks] = await Promise.all([
        planToApply(input.phase, input.run) ? undefined : wantedKeys(input, host, loop),
        Lacks.open(input.run, placeOfLacks(input.run.input, host)),
      ]);
      return new RangeTask(input, host, loop, fence, lacks, keys);
    }, host);
  }

  private constructor(
    readonly input: RangeInput,
    private readonly host: Host,
    readonly loop: 'copy' | 'delete',
    private readonly fence: LockFence,
    /** What the servers lack; undefined if both are AWS. */
    readonly lacks: Lacks | undefined,
    /** The keys that the run is restricted to, in order; absent if it is about every key, or if a plan says which keys. */
    readonly keys?: readonly string[],
  ) {
    const { run, phase, round, index, share } = input;
    // Each of them may return a token, so there are few.
    this.#large = new PQueue({ concurrency: share.uploads });
    const writer = `${phase.name}-${loop}-${round}-${index}-${host.invocationId}`;
    this.#report = new Report(host.runStore, run.id, writer, run.input.prefix);
    const reported = { name: phase.name, isApplied: keepsPlan(phase, run, host.runStore) && !run.input.dryRun };
    const report = alsoTelling(this.#report, host.onReported);
    this.ledger = new Ledger(report, reported, () => host.now(), this.written);
    this.atDestination = new Ledger(report, reported, () => host.now());
    this.filter = new RangeFilter(input);
    this.uploads = new UnfinishedUploads(input);
    this.deadline = new Deadline(host, input.budgetMs, () => this.#patience.waitedMs);
    const { counters } = this.ledger;
    this.#patience = new Patience(
      host,
      host.patience,
      () => isThere(run, host, { counters: counters.requests, lacks }),
      () => this.interrupted || this.deadline.isOver,
      share.awayMs ?? 0,
    );
    this.surcharges = new Surcharges(counters, () => host.now());
    this.concurrency = new AdaptiveConcurrency(
      run.input.requestConcurrency,
      loop === 'delete' ? START_OF_DELETES : undefined,
      () => this.#tellProgress(),
    );
    const observer: RequestObserver = {
      counters: counters.requests,
      onSlowDown: () => this.concurrency.slowDown(),
      onKmsRequest: () => this.surcharges.askedKms(),
      onWritten: this.written.note,
      versionOf: (key) => this.#versions.get(key),
      gate: fence,
      lacks,
      patience: this.#patience,
      ...listLimits(host, () => this.deadline.stopAt),
      streamSignal: AbortSignal.any([host.signal, AbortSignal.timeout(Math.max(0, host.remainingMs() - STOPPING_MS))]),
    };
    this.#observer = observer;
    this.buckets = openBuckets(host, run, observer);
    // Each delete waits for its proof. Without a proof the object fails, because no other Task continues it.
    this.sourceOfProofs = openBuckets(host, run, {
      ...observer,
      ...listLimits(host, () => this.deadline.endAt),
    }).source;
    this.keptUploads = this.buckets.streams ? KeptUploads.of(run, placeOfLacks(run.input, host)) : undefined;
  }

  /** Records an object of the source whose key takes part. */
  noteContent(source: ListedObject): void {
    if (this.#content === undefined && isContent(source)) this.#content = placeOf(source.key);
  }

  readonly shouldStop = (): boolean => {
    this.#tellProgress();
    const now = this.host.now();
    return (
      this.fence.check(now) || this.#ended !== undefined || this.host.signal.aborted || now >= this.deadline.stopAt
    );
  };

  /**
   * Ends the walk if every other object would meet the same error.
   *
   * @returns whether it is such an error. The current object is then left
   */
  endsBy(error: unknown): boolean {
    if (!(error instanceof CredentialsExpiredError)) return false;
    this.#ended ??= error;
    return true;
  }

  /** The error that ended the walk. Work that is still waiting for its turn does not begin. */
  get ended(): CredentialsExpiredError | undefined {
    return this.#ended;
  }

  /**
   * Whether other Tasks would get part of the remaining work if the round ended now. Handing on a half-copied large object
   * would cost more than they could do meanwhile.
   */
  readonly shouldHandBack = (): boolean => {
    const { share, run } = this.input;
    if (share.ranges >= Math.min(run.input.maxConcurrency, this.host.rangesAtOnce) || !this.host.othersIdle())
      return false;
    const { list, head, copy, delete: deletes } = this.ledger.counters.requests;
    if (list < LISTS_BEFORE_SHARE && head + copy + deletes === 0) return false;
    const hasWorked = this.deadline.mayShare();
    const isCopyingLarge = this.#large.pending > 0 || this.#large.size > 0;
    return hasWorked && !isCopyingLarge;
  };

  /** The storage class of a copy. @param shown  see `classOf` */
  storageClassOf(source: ListedObject, shown?: string): string {
    return this.keepsClass ? this.classOf(source, shown) : (this.input.run.input.storageClass as string);
  }

  /** Whether copies have the class of their source. */
  get keepsClass(): boolean {
    return this.input.run.input.storageClass === 'same';
  }

  /**
   * The storage class of a source object. A server other than AWS may list all objects as STANDARD, and show the real class only in
   * answers about one object.
   *
   * @param shown  the class in such an answer about this version; absent: there was none
   */
  classOf({ storageClass }: ListedObject, shown = 'STANDARD'): string {
    if (!this.lacks || storageClass !== 'STANDARD' || shown === 'STANDARD') return storageClass;
    if (this.keepsClass) this.lacks.add('listedClasses');
    return shown;
  }

  /** Which proof shows that the source lacks a key. */
  get proof(): 'list' | 'head' {
    const { proof } = this.input.run.input;
    return proof ?? (this.isSourceAws ? 'list' : 'head');
  }

  get isSourceAws(): boolean {
    return isAws('source', this.input.run.input, this.host);
  }

  get isDestinationAws(): boolean {
    return isAws('destination', this.input.run.input, this.host);
  }

  /** From now on, requests about this object of the source are about a former version of it. */
  readVersion(key: string, versionId: string): void {
    this.#versions.set(key, versionId);
  }

  openVersions(): BucketVersions {
    return this.host.openVersions(this.input.run, this.#observer);
  }

  openProbes(): BucketProbes {
    return this.host.openProbes(this.input.run);
  }

  now(): number {
    return this.host.now();
  }

  get multipart(): MultipartLimits {
    return this.host.multipart;
  }

  /** Whether an earlier round handed the object on: then a range ends at it, as a rule a range of this one object. */
  wasHandedOn(key: string): boolean {
    return this.input.tokens.some(({ until }) => until === key);
  }

  /** Whether most of the time of this invocation is left. */
  get isEarly(): boolean {
    return this.deadline.isEarly;
  }

  /** Whether a request that copies this many bytes ends before this invocation is ended by force. */
  hasTimeFor(bytes: number): boolean {
    const slowest = this.buckets.streams ? SLOWEST_STREAM_BYTES_PER_MS : SLOWEST_BYTES_PER_MS;
    return this.deadline.hasTimeFor(bytes, slowest);
  }

  /** Nothing in this run will continue unfinished work. */
  get interrupted(): boolean {
    return this.host.signal.aborted || this.fence.lost !== undefined;
  }

  /**
   * Starts a task that takes many requests, each through `concurrency.send`. It must not reject.
   *
   * @returns a promise to wait for when enough of them are queued already
   */
  runLarge(task: () => Promise<void>): Promise<void> | undefined {
    void this.#large.add(task);
    return this.#large.size === 0 ? undefined : this.#large.onSizeLessThan(1);
  }

  /**
   * Waits for everything that was begun, and returns what is left.
   *
   * A walk that failed after some keys keeps what it did and hands on the rest. The next attempt meets the error first and
   * throws it. An empty source ends the run at once, because no attempt may delete more.
   *
   * @returns a result with an error, which ends the loop, if the credentials have expired
   * @throws AlreadyRunningError | InterruptedError  the run has lost its lock meanwhile
   */
  async finish(ends: readonly WalkEnd[]): Promise<RangeResult & Partial<FailedRange>> {
    await this.concurrency.settled();
    await this.#large.onIdle();
    await this.#report.close();
    await this.lacks?.close();
    this.#tellProgress();
    const expired = this.#findExpired(ends);
    if (this.fence.lost && !expired) {
      // Their ids would be lost.
      await abortAll(this.uploads.handedOn, this.buckets.destination.uploads);
      throw this.fence.lost;
    }
    const failures = ends.filter(({ error }) => error !== undefined);
    const failed = failures.find(({ error }) => error instanceof SourceEmptyError) ?? failures[0];
    const isEmpty = failed?.error instanceof SourceEmptyError;
    if (failed && !expired && (isEmpty || !ends.some(({ begun }) => begun)))
      throw this.interrupted && !isEmpty ? new InterruptedError() : failed.error;
    if (failures.length === 0) this.ledger.expectBalance();
    if (failures.length === 0) this.atDestination.expectBalance();
    const left = ends.flatMap(({ remainder }) => remainder ?? []);
    const tokens = [...left, ...this.ledger.handedOn];
    const uploads = this.uploads.carriedOn(left);
    return {
      counters: this.ledger.counters,
      tokens: withFittingListings(tokens, this.input.share.ranges),
      ...(uploads.length > 0 && { uploads }),
      elapsedMs: this.deadline.elapsedMs,
      ...this.#foundAtDestination,
      ...(this.#patience.waitedMs > 0 && { awayMs: this.#patience.waitedMs }),
      ...(this.#content !== undefined && { content: this.#content }),
      ...(this.filter.newlyMatched !== 0 && { matched: this.filter.newlyMatched }),
      ...(expired && { error: { Error: expired.name, Cause: expired.message } }),
    };
  }

  get #foundAtDestination(): Pick<RangeResult, 'atDestination'> {
    const { listed, deleted, unchanged, skipped, failed, deferred } = this.atDestination.counters;
    const found = { listed, deleted, unchanged, skipped, failed, ...(deferred !== undefined && { deferred }) };
    return listed === 0 ? {} : { atDestination: found };
  }

  #tellProgress(): void {
    this.host.onProgress(this.#progress);
  }

  readonly #progress = (): RangeProgress => {
    const { counters } = this.ledger;
    const { deleted } = this.atDestination.counters;
    return { counters: deleted > 0 ? { ...counters, deleted } : counters, inFlight: this.concurrency.inFlight };
  };

  /** Completed work counts, so the range does not fail as a whole. */
  #findExpired(ends: readonly WalkEnd[]): CredentialsExpiredError | undefined {
    const errors = [this.#ended, this.fence.lost, ...ends.map(({ error }) => error)];
    return errors.find((error) => error instanceof CredentialsExpiredError);
  }
}
