import { type ContinuationToken, type Counters, emptyCounters, type ProvedBy } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';
import { isLeftAlone } from '../report/left-alone';
import type { Report } from '../report/report';
import { describeOutcome, type Outcome, type ReportedPhase } from '../report/report-line';
import type { FormerVersions } from './former-versions';
import type { WrittenVersions } from './written-versions';

/** What the report says about an object. */
export type Entry = Pick<ListedObject, 'key' | 'sizeBytes' | 'eTag'>;

/** Called once with the decision about an object and its reason. @returns a promise to wait for */
export type OnDecided = (
  outcome: 'copied' | 'deleted' | 'restored' | 'failed',
  reason: string,
) => Promise<void> | undefined;

type Decision = 'copied' | 'deleted' | 'unchanged' | 'skipped' | 'failed';

/** An object that was met. */
interface Met {
  readonly onDecided: OnDecided | undefined;
}

/**
 * Counts and reports what becomes of each object. An object is met once, and then either decided once or left to another
 * round. Only a decided object counts as listed, so the outcomes always add up to `listed`.
 *
 * | method                              | counts as             | line in the report |
 * | ----------------------------------- | --------------------- | ------------------ |
 * | `unchanged`                         | `unchanged`           | none               |
 * | `leftOut`                           | `skipped`             | none               |
 * | `skipped`                           | `skipped`             | `skip`             |
 * | `waiting`                           | `skipped`, `waiting`  | `skip`, `restore`  |
 * | `deferred`                          | `skipped`, `deferred` | `skip`             |
 * | `copied`                            | `copied`, `overwritten` | `copy`           |
 * | `deleted`                           | `deleted`             | `delete`           |
 * | `failed`                            | `failed`              | the failed action  |
 * | `handOn`: the next round decides it | nothing               | none               |
 * | `leave`: this run does not decide it | nothing              | none               |
 */
export class Ledger {
  readonly counters: Counters = emptyCounters();
  /** The ranges of the objects that the next round continues. */
  readonly handedOn: ContinuationToken[] = [];
  /** Keys that were met but are not decided yet. */
  readonly #open = new Map<string, OnDecided | undefined>();
  #mistake: Error | undefined;

  constructor(
    private readonly report: Pick<Report, 'add'>,
    private readonly phase: ReportedPhase,
    private readonly now: () => number,
    private readonly versions: {
      readonly written?: Pick<WrittenVersions, 'take'>;
      readonly formerVersions?: Pick<FormerVersions, 'forget'>;
    } = {},
  ) {}

  /** The walk has come to an object. @param onDecided  called if the object has to be copied, deleted or restored, or failed */
  meet(key: string, onDecided?: OnDecided): void {
    if (this.#open.has(key)) this.#blame(`${JSON.stringify(key)} was met again before it was decided`);
    this.#open.set(key, onDecided);
  }

  /**
   * @param by  how both sides were found equal. Only a verify phase counts this; other phases have no room for it in their
   * state
   */
  unchanged(key: string, by?: ProvedBy): void {
    if (!this.#decide(key, 'unchanged') || !by || this.phase.name !== 'verify') return;
    this.counters.proved ??= {};
    this.counters.proved[by] = (this.counters.proved[by] ?? 0) + 1;
  }

  /** A filter leaves the object out. */
  leftOut(key: string): void {
    this.#decide(key, 'skipped');
  }

  skipped(object: Entry, reason: string): Promise<void> | undefined {
    return this.#decide(object.key, 'skipped') ? this.#tell('skip', object, { reason }) : undefined;
  }

  /**
   * S3 restores the object: a later run can copy it. @param isAsked  this run has asked S3 to restore it, or would do so
   */
  waiting(object: Entry, isAsked: boolean): Promise<void> | undefined {
    const met = this.#decide(object.key, 'skipped');
    if (!met) return undefined;
    this.counters.waiting = (this.counters.waiting ?? 0) + 1;
    const isRestored = isAsked && this.phase.name !== 'verify';
    if (!isRestored) return this.#tell('skip', object, { reason: 'restoring' });
    return both(this.#tell('restore', object, { reason: 'archived' }), met.onDecided?.('restored', 'archived'));
  }

  /** An orphan that `deleteAfter` lets wait. */
  deferred(object: Entry): Promise<void> | undefined {
    if (!this.#decide(object.key, 'skipped')) return undefined;
    this.counters.deferred = (this.counters.deferred ?? 0) + 1;
    return this.#tell('skip', object, { reason: 'grace' });
  }

  /** @param reason  `missing` if the destination has no object of that key; otherwise the copy replaces one */
  copied(object: Entry, reason: string): Promise<void> | undefined {
    const met = this.#decide(object.key, 'copied');
    if (!met) return undefined;
    this.counters.copiedBytes += object.sizeBytes;
    if (reason !== 'missing') this.counters.overwritten = (this.counters.overwritten ?? 0) + 1;
    const isUnproven = reason === 'unproven' && this.phase.name === 'verify';
    if (isUnproven) this.counters.unproven = (this.counters.unproven ?? 0) + 1;
    return both(this.#tell('copy', object, { reason }), met.onDecided?.('copied', reason));
  }

  deleted(object: Entry, reason = 'orphan'): Promise<void> | undefined {
    const met = this.#decide(object.key, 'deleted');
    return met && both(this.#tell('delete', object, { reason }), met.onDecided?.('deleted', reason));
  }

  /** @param action  the action that failed */
  failed(action: 'copy' | 'delete', object: Entry, reason: string, error: unknown): Promise<void> | undefined {
    const met = this.#decide(object.key, 'failed');
    if (!met) return undefined;
    if (isLeftAlone(reason)) this.counters.outdated = (this.counters.outdated ?? 0) + 1;
    const message = error instanceof Error ? error.message : String(error);
    return both(this.#tell(action, object, { reason, error: message }), met.onDecided?.('failed', reason));
  }

  /** The next round continues the object. @param token  the range of this one object */
  handOn(token: ContinuationToken & { readonly until: string }): void {
    if (this.#close(token.until)) this.handedOn.push(token);
  }

  /** The run ends before the object is decided. */
  leave(key: string): void {
    this.#close(key);
  }

  /**
   * @throws Error  an object was decided twice, or not at all. A retry of the Task decides it again; this attempt must not
   * go on
   */
  expectBalance(): void {
    const [key] = this.#open.keys();
    if (key !== undefined) this.#blame(`${JSON.stringify(key)} was met and never decided`);
    if (this.#mistake) throw this.#mistake;
  }

  #decide(key: string, decision: Decision): Met | undefined {
    const met = this.#close(key);
    if (!met) return undefined;
    this.counters.listed += 1;
    this.counters[decision] += 1;
    return met;
  }

  #close(key: string): Met | undefined {
    const onDecided = this.#open.get(key);
    this.versions.formerVersions?.forget(key);
    if (this.#open.delete(key)) return { onDecided };
    this.#blame(`${JSON.stringify(key)} was decided again, or never met`);
    return undefined;
  }

  /** Thrown at the end of the Task, because nobody could catch it here. */
  #blame(mistake: string): void {
    this.#mistake ??= new Error(
      `Expected each listed object to be decided once, but ${mistake}. This is a bug in bucketsync`,
    );
  }

  #tell(
    action: Outcome['action'],
    { key, sizeBytes, eTag }: Entry,
    why: Pick<Outcome, 'reason' | 'error'>,
  ): Promise<void> | undefined {
    const versionId = this.versions.written?.take(key);
    if (versionId !== undefined) this.counters.versions = (this.counters.versions ?? 0) + 1;
    const kept = versionId === undefined ? {} : { versionId };
    return this.report.add(describeOutcome({ action, key, sizeBytes, eTag, ...kept, ...why }, this.phase, this.now()));
  }
}

function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
  return one && other ? Promise.all([one, other]).then(() => undefined) : (one ?? other);
}
