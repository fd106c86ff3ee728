import type { Bucket, ObjectVersion } from '../../local/s3';
import type { Counters, RequestCounters, RunSummary, SyncRequest } from '../../statemachine/contract';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';
import type { AnyMirror, MirrorOptions } from './any-mirror';
import { reportLines } from './report-lines';

export interface WatchedPair {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly input: SyncRequest;
}

export interface WatchedRun extends MirrorOptions {
  /** Changes the pair's own input. */
  readonly input?: Partial<SyncRequest>;
  /** Tasks run twice at once: one of them is not heard, but writes its report and sends its requests all the same. */
  readonly overlapping?: boolean;
  /** S3 sends requests to another region. */
  readonly redirected?: boolean;
  /** The plan that it applies: it does nothing else, and leaves alone what has changed since. */
  readonly plan?: RunSummary;
}

/** Operations by the counter that has them. */
const COUNTED: Readonly<Record<keyof RequestCounters, readonly string[]>> = {
  list: ['ListObjectsV2'],
  head: ['HeadObject', 'GetObjectTagging', 'GetObjectAttributes'],
  copy: ['CopyObject', 'UploadPartCopy'],
  delete: ['DeleteObjects', 'DeleteObject'],
  other: ['CreateMultipartUpload', 'CompleteMultipartUpload', 'AbortMultipartUpload', 'ListParts'],
};

/**
 * Watches both buckets of a mirror, each write as it happens, and collects what no run may do, whatever goes wrong:
 *
 * - nothing is deleted at the destination that the source held throughout the run;
 * - no object gets content or metadata that the source never had under its key;
 * - a run that succeeds ends with equality, one that is incomplete reports each object that differs, with its reason;
 * - a run that applies a plan writes nothing that the plan did not name;
 * - outcomes, report and requests are counted as they happened.
 *
 * Make it once both buckets are filled.
 */
export class Watch {
  readonly violations: string[] = [];
  /** All that the source ever had, by key. */
  readonly #versions = new Map<string, Set<string>>();
  readonly #written = new Set<string>();
  readonly #deleted = new Set<string>();
  readonly #removedAtSource = new Set<string>();
  /** Writes at the source since the run began. */
  #changes = 0;

  constructor(
    private readonly mirror: AnyMirror,
    readonly pair: WatchedPair,
  ) {
    for (const object of objectsOf(pair.source)) this.#remember(object);
    this.#watchSource(pair.source);
    this.#watchDestination(pair.destination);
  }

  /** Runs the mirror once and judges what it did. */
  async run(options: WatchedRun = {}): Promise<RunSummary> {
    const heldBefore = this.begin();
    let repeated = options.overlapping === true;
    const around: MirrorOptions['around'] = async (task, input, invoke) => {
      try {
        return await (options.around ?? ((_task, _input, invoke) => invoke()))(task, input, invoke);
      } catch (error) {
        repeated = true;
        throw error;
      }
    };
    const { plan } = options;
    const input = { ...this.pair.input, ...options.input, ...(plan && { apply: plan.runId }) };
    const summary = await this.mirror.run(input, { ...options, around });
    this.judgeDeletes(heldBefore);
    if (plan) this.judgePlanned(plan);
    else this.#judgeOutcome(summary);
    this.#judgeReport(summary, repeated);
    // What a Task that failed had counted is lost with it, and the SDK does not tell that it was redirected.
    if (!repeated && !options.redirected) this.#judgeRequests(summary);
    return summary;
  }

  /** One run, with nothing in its way, makes both sides equal, and another one finds nothing to do. */
  async expectConvergence(options: MirrorOptions = {}): Promise<void> {
    const first = await this.run(options);
    if (first.status !== 'succeeded') this.#blame(`the run after the faults failed: ${JSON.stringify(first.error)}`);
    const second = await this.run(options);
    const writes = [...this.#written, ...this.#deleted];
    if (second.totals.copied + second.totals.deleted > 0 || writes.length > 0) {
      this.#blame(`the second run found something to do: ${writes.join()}`);
    }
  }

  /** @returns the keys that the source holds now; what is deleted from now on is held against them */
  begin(): ReadonlySet<string> {
    this.#written.clear();
    this.#deleted.clear();
    this.#removedAtSource.clear();
    this.#changes = 0;
    this.mirror.s3.requests.reset();
    return new Set(objectsOf(this.pair.source).map(({ key }) => key));
  }

  judgeDeletes(heldBefore: ReadonlySet<string>): void {
    for (const key of this.#deleted) {
      if (heldBefore.has(key) && !this.#removedAtSource.has(key)) {
        this.#blame(`deleted ${JSON.stringify(key)}, which the source held throughout`);
      }
    }
  }

  /** @param plan  the limit of what was written since `begin` */
  judgePlanned(plan: RunSummary): void {
    const keysOf = (action: string) =>
      new Set(reportLines(plan, 'actions').flatMap((line) => (line.action === action ? [line.key] : [])));
    const [copies, deletes] = [keysOf('copy'), keysOf('delete')];
    for (const key of this.#written) if (!copies.has(key)) this.#blame(`wrote what no plan named: ${key}`);
    for (const key of this.#deleted) if (!deletes.has(key)) this.#blame(`deleted what no plan named: ${key}`);
  }

  #watchSource(source: Bucket): void {
    const [add, remove] = [source.add.bind(source), source.remove.bind(source)];
    source.add = (content) => {
      const version = add(content);
      this.#changes += 1;
      if (version.deleteMarker) this.#removedAtSource.add(version.key);
      else this.#remember(version);
      return version;
    };
    source.remove = (key) => {
      this.#changes += 1;
      this.#removedAtSource.add(key);
      return remove(key);
    };
  }

  #watchDestination(destination: Bucket): void {
    const [add, remove] = [destination.add.bind(destination), destination.remove.bind(destination)];
    destination.add = (content) => {
      const version = add(content);
      if (version.deleteMarker || version.key.startsWith(RESERVED_FOLDER)) return version;
      this.#written.add(version.key);
      if (!this.#versions.get(version.key)?.has(factsOf(version))) {
        this.#blame(`wrote ${JSON.stringify(version.key)} as the source never had it: ${factsOf(version)}`);
      }
      return version;
    };
    destination.remove = (key) => {
      if (!key.startsWith(RESERVED_FOLDER)) this.#deleted.add(key);
      return remove(key);
    };
  }

  #remember(version: ObjectVersion): void {
    const known = this.#versions.get(version.key) ?? new Set();
    this.#versions.set(version.key, known.add(factsOf(version)));
  }

  #judgeOutcome({ status, error, ...summary }: RunSummary): void {
    if (this.#changes > 0) return; // then nobody can say what is equal
    const different = this.#differences();
    if (status === 'succeeded' && different.length > 0) this.#blame(`succeeded, and these differ: ${different.join()}`);
    // a publish ends with the phase in which an object failed, and what is left is the work of those behind it
    const hasReachedAll = summary.phases.some(({ name }) => name === 'sync' || name === 'deletes');
    if (error?.name !== 'SyncIncompleteError' || !hasReachedAll) return;
    const failed = new Set(reportLines({ status, ...summary }, 'failures').map(({ key }) => key));
    const unreported = different.filter((key) => !failed.has(key));
    if (unreported.length > 0) this.#blame(`says nothing of keys that differ: ${unreported.join()}`);
  }

  #differences(): string[] {
    const [source, destination] = [allFactsOf(this.pair.source), allFactsOf(this.pair.destination)];
    const keys = new Set([...source.keys(), ...destination.keys()]);
    return [...keys].filter((key) => source.get(key) !== destination.get(key));
  }

  #judgeReport(summary: RunSummary, repeated: boolean): void {
    if (summary.report === undefined) return; // it did not begin
    const { totals, phases } = summary;
    const failures = reportLines(summary, 'failures');
    const done = reportLines(summary, 'actions').filter(({ outcome }) => outcome === 'done');
    const copied = done.filter(({ action }) => action === 'copy').map(({ key }) => key);
    const deleted = done.filter(({ action }) => action === 'delete').map(({ key }) => key);
    const counts = { copied: copied.length, deleted: deleted.length, failed: failures.length };
    for (const [name, lines] of Object.entries(counts) as [keyof typeof counts, number][]) {
      if (repeated ? lines < totals[name] : lines !== totals[name]) {
        this.#blame(`counted ${totals[name]} ${name}, and reported ${lines}`);
      }
    }
    for (const { key, reason, error } of failures) {
      if (!reason || !error) this.#blame(`reported ${JSON.stringify(key)} without a reason`);
    }
    for (const key of copied) if (!this.#written.has(key)) this.#blame(`reported a copy that was not made: ${key}`);
    for (const key of deleted) if (!this.#deleted.has(key)) this.#blame(`reported a delete that was not made: ${key}`);
    for (const { copy, delete: deletes } of phases) {
      for (const counters of [copy, deletes]) this.#judgeSum(counters);
    }
  }

  #judgeSum(counters: Counters): void {
    const { listed, copied, deleted, unchanged, skipped, failed } = counters;
    if (listed === copied + deleted + unchanged + skipped + failed) return;
    this.#blame(`counters do not add up: ${JSON.stringify(counters)}`);
  }

  #judgeRequests({ totals }: RunSummary): void {
    for (const [name, operations] of Object.entries(COUNTED) as [keyof RequestCounters, string[]][]) {
      const seen = operations.reduce((sum, operation) => sum + this.mirror.s3.requests.of(operation), 0);
      const counted = totals.requests[name];
      if (counted !== seen) this.#blame(`counted ${counted} ${name} requests, and the server saw ${seen}`);
    }
  }

  #blame(what: string): void {
    this.violations.push(what);
  }
}

function objectsOf(bucket: Bucket): ObjectVersion[] {
  const keys = [...bucket.index.after('')].map(({ key }) => key).filter((key) => !key.startsWith(RESERVED_FOLDER));
  return keys.flatMap((key) => bucket.get(key) ?? []);
}

function allFactsOf(bucket: Bucket): Map<string, string> {
  return new Map(objectsOf(bucket).map((object) => [object.key, factsOf(object)]));
}

/** All that a copy has to carry over. */
function factsOf({ body, metadata, tags, storageClass, websiteRedirect }: ObjectVersion): string {
  return JSON.stringify({ size: body.length, md5: body.md5(), metadata, tags, storageClass, websiteRedirect });
}
