import { CredentialsExpiredError } from '../../statemachine/errors';
import type { DeleteAllowance } from './delete-allowance';
import { type DeleteFailure, type DeleteRequest, type ListedObject, StoreError } from './object-store';
import { type Found, PROOF_GOOD_FOR_MS } from './orphan-proof';
import type { RangeTask } from './range-task';
import { writesConditionally } from './writes-conditionally';

interface Batch {
  readonly orphans: readonly ListedObject[];
  /** When the source was last asked whether it lacks them. */
  provenAt: number;
  /** Those that are not deleted, and why. */
  readonly kept: Map<string, Found>;
  /** Those that were asked for more than once: what is gone by then may be gone by the first request. */
  readonly repeated: Set<string>;
}

/** What one DeleteObjects request takes. */
const BATCH = 1000;

/**
 * Deletes orphans a thousand at a time, counts and reports each one. `flush` before the next page and at the end of the
 * walk: an orphan that waits may be put back meanwhile, on both sides, and would still be deleted.
 *
 * What is found beyond the run's `deleteLimit` is not deleted but reported as failed.
 */
export class OrphanDeleter {
  #batch: ListedObject[] = [];
  #batchBegan = 0;
  #namesETags: boolean;
  #mayTryETags = true;

  constructor(
    private readonly task: RangeTask,
    private readonly allowance: DeleteAllowance,
  ) {
    this.#namesETags = writesConditionally(task.input.run);
  }

  /** Deletes `orphan` with the next batch; with a phase that does not write, counts it as if. */
  delete(orphan: ListedObject): Promise<void> | undefined {
    if (!this.task.input.phase.write) return this.#deleted(orphan);
    if (!this.allowance.take()) return this.#failed(orphan, new StoreError('guarded', BEYOND_LIMIT));
    if (this.#batch.length === 0) this.#batchBegan = this.task.now();
    this.#batch.push(orphan);
    return this.#batch.length < BATCH ? undefined : this.flush();
  }

  /** Resolves when S3 has answered. */
  flush(): Promise<void> | undefined {
    if (this.#batch.length === 0) return undefined;
    const batch: Batch = { orphans: this.#batch, provenAt: this.#batchBegan, kept: new Map(), repeated: new Set() };
    this.#batch = [];
    return this.#flush(batch);
  }

  async #flush(batch: Batch): Promise<void> {
    try {
      if (this.task.proof === 'head') await this.#proveByHead(batch);
      const left = batch.orphans.filter(({ key }) => !batch.kept.has(key));
      if (left.length > 0) await this.task.concurrency.request(() => this.#deleteBatch(left, batch));
    } catch (error) {
      if (this.task.endsBy(error, batch.orphans.length)) return;
      throw error;
    }
    for (const orphan of batch.orphans) await this.#conclude(orphan, batch.kept.get(orphan.key));
  }

  /** Where listings may be cut short without a word, a key is absent only if S3 says so of the key itself. */
  async #proveByHead(batch: Batch): Promise<void> {
    batch.provenAt = this.task.now();
    const found = await this.task.orphanProof.askByHead(batch.orphans.map(({ key }) => key));
    for (const [key, what] of found) batch.kept.set(key, this.#isOlder(what) ? listingIncomplete() : what);
  }

  /** What was there before the run began was missing on its list pages. */
  #isOlder(found: Found): boolean {
    if (found === 'listed' || found instanceof StoreError) return false;
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

  /** A policy may deny deletes without a condition, and nothing tells but that those with one are allowed. */
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

  /** What waited may have been put back on both sides, with the very same bytes, so that no condition would notice. */
  async #confirm(requests: readonly DeleteRequest[], attempt: number, batch: Batch): Promise<readonly DeleteRequest[]> {
    if (attempt > 1) for (const { key } of requests) batch.repeated.add(key);
    if (attempt === 1 && this.task.now() - batch.provenAt < PROOF_GOOD_FOR_MS) return requests;
    batch.provenAt = this.task.now();
    const found = await this.task.orphanProof.ask(requests.map(({ key }) => key));
    for (const [key, what] of found) batch.kept.set(key, what);
    return requests.filter(({ key }) => !found.has(key));
  }

  async #conclude(orphan: ListedObject, kept: Found | undefined): Promise<void> {
    if (kept === undefined) {
      this.task.surcharges.ended(orphan);
      await this.#deleted(orphan);
    } else if (kept instanceof StoreError && kept.reason === 'gone') await this.#gone(orphan);
    else if (kept instanceof StoreError) await this.#failed(orphan, kept);
    else this.task.counters.unchanged += 1; // the source has it by now
  }

  /** Where the lock is lost, no request is sent: that is the failure of each of its keys. */
  async #request(orphans: readonly ListedObject[], batch: Batch): Promise<Map<string, StoreError>> {
    try {
      const requests = orphans.map((orphan) => this.#describe(orphan));
      const failures = await this.task.buckets.destination.deleteObjects(requests, (some, attempt) =>
        this.#confirm(some, attempt, batch),
      );
      return new Map(failures.map(({ key, error }: DeleteFailure) => [key, error]));
    } catch (error) {
      if (error instanceof CredentialsExpiredError) throw error;
      const failure = error instanceof StoreError ? error : new StoreError('refused', String(error), error);
      return new Map(orphans.map(({ key }) => [key, failure]));
    }
  }

  #describe({ key, eTag }: ListedObject): DeleteRequest {
    return this.#namesETags ? { key, eTag } : { key };
  }

  #deleted({ key, sizeBytes, eTag }: ListedObject): Promise<void> | undefined {
    this.task.counters.deleted += 1;
    return this.task.report({ action: 'delete', key, sizeBytes, eTag, reason: 'orphan' });
  }

  /** Somebody else was first. */
  #gone({ key, sizeBytes, eTag }: ListedObject): Promise<void> | undefined {
    this.task.counters.skipped += 1;
    return this.task.report({ action: 'skip', key, sizeBytes, eTag, reason: 'gone' });
  }

  #failed({ key, sizeBytes, eTag }: ListedObject, error: StoreError): Promise<void> | undefined {
    this.task.counters.failed += 1;
    return this.task.report({ action: 'delete', key, sizeBytes, eTag, reason: error.reason, error: error.message });
  }
}

const BEYOND_LIMIT = 'There are more orphans than `maxDeletes` allows, and more than the plan had found';

function listingIncomplete(): StoreError {
  return new StoreError(
    'listing-incomplete',
    'The source did not list this object, and has it: HeadObject finds it, with a date before the run began. Either the ' +
      'listing of this S3 is cut short, or an older version was restored meanwhile. Nothing was deleted under this key',
  );
}
