import type { RangeInput } from '../../../statemachine/contract';
import { CredentialsExpiredError } from '../../../statemachine/errors';
import type { AdaptiveConcurrency } from '../concurrency/adaptive-concurrency';
import type { Surcharges } from '../cost/surcharges';
import type { ListedObject } from '../ports/bucket-reader';
import type { Buckets, ConfirmDeletes, DeleteFailure, DeleteRequest } from '../ports/bucket-writer';
import { StoreError } from '../ports/store-error';
import type { Ledger } from '../range/ledger';
import type { Sides } from '../range/sides';
import type { StopRules } from '../range/stop-rules';
import { CHANGED_SINCE_PLAN, changedSincePlan } from '../report/report-line';
import { writesConditionally } from '../run/writes-conditionally';
import type { DeleteAllowance } from './delete-allowance';
import { type DeleteProof, type Found, PROOF_GOOD_FOR_MS } from './orphan-proof';
import { ReviewedOrphans } from './reviewed-orphans';

/** What the deletes require of their Task. */
export interface DeleteTask {
  readonly input: RangeInput;
  readonly buckets: Pick<Buckets, 'destination'>;
  readonly sides: Sides;
  readonly ledger: Ledger;
  readonly surcharges: Surcharges;
  readonly concurrency: AdaptiveConcurrency;
  readonly stops: StopRules;
  now(): number;
}

interface Batch {
  readonly orphans: readonly ListedObject[];
  /** When the source was last known to lack the key. */
  readonly provenAt: Map<string, number>;
  /** Orphans whose proof grew old while others were proved: they are proved once more. */
  readonly postponed: Set<string>;
  /** Orphans that were not proved because S3 accepts no credentials any longer. */
  readonly undecided: Map<string, CredentialsExpiredError>;
  /** Orphans that are not deleted, and why. */
  kept: Map<string, Found>;
  /** Keys whose delete was sent more than once. If such a key is gone, the first request may have deleted it. */
  readonly repeated: Set<string>;
}

/** How many keys one DeleteObjects request accepts. */
const BATCH = 1000;

/**
 * Deletes orphans a thousand at a time and enters each one in the ledger. Call `flush` before the next page and at the end of
 * the walk: an orphan that waits may be put back meanwhile, on both sides, and would still be deleted.
 *
 * Orphans beyond the run's `deleteLimit` are not deleted but reported as failed.
 */
export class OrphanDeleter {
  #batch: ListedObject[] = [];
  /** No page that proves the next orphans was requested before this moment. */
  #pagesSince: number;
  #namesETags: boolean;
  #mayTryETags = true;
  readonly #reviewed: ReviewedOrphans;

  constructor(
    private readonly task: DeleteTask,
    private readonly allowance: DeleteAllowance,
    private readonly proof: DeleteProof,
    /** The orphans were found just now, by listing the source. If a plan found them, that is too long ago. */
    private readonly areListed = true,
  ) {
    this.#namesETags = writesConditionally(task.input.run);
    this.#pagesSince = task.now();
    this.#reviewed = new ReviewedOrphans(task.buckets, task.sides);
  }

  /** Deletes `orphan` with the next batch; in a phase that does not write, only counts it. */
  delete(orphan: ListedObject): Promise<void> | undefined {
    this.task.ledger.meet(orphan.key);
    if (!this.task.input.phase.write) return this.task.ledger.deleted(orphan);
    if (!this.allowance.take()) return this.#failed(orphan, new StoreError('guarded', BEYOND_LIMIT));
    this.#batch.push(orphan);
    return this.#batch.length < BATCH ? undefined : this.#deleteWaiting();
  }

  /** Resolves when S3 has answered. Only then does the walk request another page. */
  flush(): Promise<void> | undefined {
    const deleting = this.#deleteWaiting();
    if (deleting) return deleting.then(() => this.#awaitPage());
    this.#awaitPage();
    return undefined;
  }

  #awaitPage(): void {
    this.#pagesSince = this.task.now();
  }

  #deleteWaiting(): Promise<void> | undefined {
    if (this.#batch.length === 0) return undefined;
    const listed = this.areListed ? this.#batch : [];
    const provenAt = new Map(listed.map(({ key }) => [key, this.#pagesSince]));
    const batch: Batch = {
      ...{ orphans: this.#batch, provenAt, postponed: new Set(), repeated: new Set() },
      ...{ kept: new Map(), undecided: new Map() },
    };
    this.#batch = [];
    return this.#flush(batch);
  }

  async #flush(batch: Batch): Promise<void> {
    try {
      if (this.#isExact) batch.kept = await this.#reviewed.findOthers(batch.orphans);
      if (this.task.sides.proof === 'head') await this.#proveByHead(batch);
      const left = batch.orphans.filter(({ key }) => !batch.kept.has(key));
      if (left.length > 0) await this.task.concurrency.send(() => this.#deleteBatch(left, batch));
    } catch (error) {
      if (!this.task.stops.endsBy(error)) throw error;
      for (const { key } of batch.orphans) this.task.ledger.leave(key);
      return;
    }
    for (const orphan of batch.orphans) {
      if (!batch.undecided.has(orphan.key)) await this.#conclude(orphan, batch.kept.get(orphan.key));
    }
    for (const [key, error] of batch.undecided) {
      this.task.stops.endsBy(error);
      this.task.ledger.leave(key);
    }
  }

  /** If listings may silently end early, a key is absent only if S3 says so about the key itself. */
  async #proveByHead(batch: Batch): Promise<void> {
    const keys = batch.orphans.map(({ key }) => key);
    const found = await this.proof.askByHead(keys, (key) => batch.provenAt.set(key, this.task.now()));
    for (const [key, what] of found) batch.kept.set(key, this.#isOlder(what) ? listingIncomplete() : what);
  }

  /** The object existed before the run began, so the list pages left it out. */
  #isOlder(found: Found): boolean {
    if (found === 'listed' || found instanceof StoreError || this.#isExact) return false;
    return found.lastModified < Date.parse(this.task.input.run.startedAt);
  }

  async #deleteBatch(orphans: readonly ListedObject[], batch: Batch): Promise<void> {
    const failures = await this.#request(orphans, batch);
    const denied = orphans.filter(({ key }) => failures.get(key)?.reason === 'access-denied');
    if (denied.length > 0 && !this.#namesETags && this.#mayTryETags) await this.#tryETags(denied, batch, failures);
    for (const [key, error] of failures) {
      if (error.reason !== 'gone' || !batch.repeated.has(key)) batch.kept.set(key, error);
    }
  }

  /** A policy may deny deletes without a condition. The only way to find out is to try one with a condition. */
  async #tryETags(denied: readonly ListedObject[], batch: Batch, failures: Map<string, StoreError>): Promise<void> {
    this.#mayTryETags = false;
    this.#namesETags = true;
    const again = await this.#request(denied, batch);
    this.#namesETags = denied.some(({ key }) => again.get(key)?.reason !== 'access-denied');
    for (const { key } of denied) {
      const failure = again.get(key);
      if (failure) failures.set(key, failure);
      else failures.delete(key);
    }
  }

  /**
   * While an orphan waited, it may have been put back on both sides with the same bytes, which no condition would notice.
   */
  async #confirm(requests: readonly DeleteRequest[], attempt: number, batch: Batch): Promise<readonly DeleteRequest[]> {
    if (attempt > 1) for (const { key } of requests) batch.repeated.add(key);
    const isFresh = ({ key }: DeleteRequest) =>
      this.task.now() - (batch.provenAt.get(key) ?? Number.NEGATIVE_INFINITY) < PROOF_GOOD_FOR_MS;
    if (attempt === 1 && requests.every(isFresh)) return requests;
    const keys = requests.map(({ key }) => key);
    const found = await this.proof.ask(keys, (key) => batch.provenAt.set(key, this.task.now()));
    for (const [key, what] of found) batch.kept.set(key, what);
    const absent = requests.filter(({ key }) => !found.has(key));
    // The server may have been away between two answers. The last proof is never old, so each time fewer keys are left.
    for (const { key } of absent.filter((request) => !isFresh(request))) batch.postponed.add(key);
    return absent.filter(({ key }) => !batch.postponed.has(key));
  }

  /** Somebody has reviewed these deletes. */
  get #isExact(): boolean {
    return this.task.input.run.plan?.exactly === true;
  }

  async #conclude(orphan: ListedObject, kept: Found | undefined): Promise<void> {
    if (kept === undefined) {
      this.task.surcharges.ended(orphan);
      await this.task.ledger.deleted(orphan, this.task.input.run.input.undo === undefined ? undefined : 'undo');
    } else if (this.#isExact && (!(kept instanceof StoreError) || kept.reason === 'changed'))
      await this.task.ledger.failed('delete', orphan, CHANGED_SINCE_PLAN, changedSincePlan(kept));
    else if (!(kept instanceof StoreError))
      this.task.ledger.unchanged(orphan.key); // the source has the key by now
    else if (kept.reason === 'gone')
      await this.task.ledger.skipped(orphan, 'gone'); // somebody else deleted it first
    else await this.#failed(orphan, kept);
  }

  /** If the lock is lost, no request is sent, and each key fails for that reason. */
  async #request(orphans: readonly ListedObject[], batch: Batch): Promise<Map<string, StoreError>> {
    try {
      const failures = await this.#deleteProven(
        orphans.map((orphan) => this.#describe(orphan)),
        batch,
      );
      for (const { key, error } of failures) {
        if (error instanceof CredentialsExpiredError) batch.undecided.set(key, error);
      }
      return new Map(failures.flatMap(({ key, error }) => (error instanceof StoreError ? [[key, error]] : [])));
    } catch (error) {
      const failure = error instanceof StoreError ? error : new StoreError('refused', String(error), error);
      return new Map(orphans.map(({ key }) => [key, failure]));
    }
  }

  /** If proofs grow old before all keys have one, deletes as many keys at a time as were proved in time before. */
  async #deleteProven(requests: readonly DeleteRequest[], batch: Batch): Promise<DeleteFailure[]> {
    const failures: DeleteFailure[] = [];
    let [left, size] = [requests, requests.length];
    while (left.length > 0) {
      const some = left.slice(0, size);
      batch.postponed.clear();
      const confirm: ConfirmDeletes = (asked, attempt) => this.#confirm(asked, attempt, batch);
      failures.push(...(await this.task.buckets.destination.deleteObjects(some, confirm)));
      const again = some.filter(({ key }) => batch.postponed.has(key));
      if (again.length > 0) size = Math.max(1, some.length - again.length);
      left = [...again, ...left.slice(some.length)];
    }
    return failures;
  }

  #describe({ key, eTag }: ListedObject): DeleteRequest {
    return this.#namesETags ? { key, eTag } : { key };
  }

  #failed(orphan: ListedObject, error: StoreError): Promise<void> | undefined {
    return this.task.ledger.failed('delete', orphan, error.reason, error);
  }
}

const BEYOND_LIMIT =
  '`maxDeletes` allows no more deletes: the source lost objects after the plan, or a lost function may have deleted some already';

function listingIncomplete(): StoreError {
  return new StoreError(
    'listing-incomplete',
    'The source did not list this object, and has it: HeadObject finds it, with a date before the run began. Either the ' +
      'listing of this S3 is cut short, or an older version was restored meanwhile. Nothing was deleted under this key',
  );
}
