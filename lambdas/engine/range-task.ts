import {
  type Counters,
  emptyCounters,
  type KeyRange,
  type RangeInput,
  type RangeResult,
  type ReportLine,
} from '../../statemachine/contract';
import { InterruptedError } from '../../statemachine/errors';
import { AdaptiveConcurrency } from './adaptive-concurrency';
import type { Host } from './host';
import { keyFilter } from './key-filter';
import type { Buckets, ListedObject } from './object-store';
import { Report } from './report';
import type { WalkEnd } from './walk';

/** Left at the end of an invocation for the requests under way and the report. */
const CLOSING_MS = 30_000;

/** What both range Tasks share: the two buckets, counters, report, concurrency, and the moment to stop. */
export class RangeTask {
  readonly counters: Counters = emptyCounters();
  readonly buckets: Buckets;
  readonly concurrency: AdaptiveConcurrency;
  readonly #report: Report;
  readonly #takesPart: (key: string) => boolean;
  readonly #startedAt: number;
  readonly #stopAt: number;

  constructor(
    readonly input: RangeInput,
    private readonly host: Host,
    loop: 'copy' | 'delete',
  ) {
    if (host.signal.aborted) throw new InterruptedError('The run was stopped before this range began');
    const { run, phase, round, index } = input;
    this.#startedAt = host.now();
    this.#stopAt = this.#startedAt + Math.min(input.budgetMs, host.remainingMs() - CLOSING_MS);
    this.concurrency = new AdaptiveConcurrency(run.input.requestConcurrency);
    this.buckets = host.openBuckets(run, {
      counters: this.counters.requests,
      onSlowDown: () => this.concurrency.slowDown(),
    });
    this.#takesPart = keyFilter(run.input, phase);
    this.#report = new Report(host.runStore, run.id, `${phase.name}-${loop}-${round}-${index}-${host.invocationId}`);
  }

  /**
   * Whether the filters let an object take part. The object that is named like the folder itself has no relative key;
   * it has no counterpart where the other side is a whole bucket, so it is left alone.
   */
  takesPart({ key }: ListedObject): boolean {
    if (key === '') {
      const { prefix, destinationPrefix } = this.input.run.input;
      if (prefix === '' || destinationPrefix === '') return false;
    }
    return this.#takesPart(key);
  }

  readonly shouldStop = (): boolean => {
    this.host.onProgress(this.counters);
    return this.host.signal.aborted || this.host.now() >= this.#stopAt;
  };

  report(line: ReportLine): Promise<void> | undefined {
    return this.#report.add(line);
  }

  /**
   * Waits for what was begun and says what is left.
   *
   * A walk that failed after some keys keeps what it did, and hands the rest on: the next attempt meets the error
   * first and throws it.
   */
  async finish(end: WalkEnd): Promise<RangeResult> {
    await this.concurrency.settled();
    await this.#report.close();
    this.host.onProgress(this.counters);
    if (end.error !== undefined && end.decided === undefined) throw end.error;
    return {
      counters: this.counters,
      tokens: end.complete ? [] : [this.#remainder(end)],
      elapsedMs: this.host.now() - this.#startedAt,
    };
  }

  #remainder({ decided }: WalkEnd): KeyRange {
    const { after, until } = this.input.range;
    const rest = decided ?? after;
    return { ...(rest !== undefined && { after: rest }), ...(until !== undefined && { until }) };
  }
}
