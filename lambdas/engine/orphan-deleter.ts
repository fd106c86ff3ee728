import type { DeleteAllowance } from './delete-allowance';
import { type DeleteFailure, type DeleteRequest, type ListedObject, StoreError } from './object-store';
import type { RangeTask } from './range-task';

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

  constructor(
    private readonly task: RangeTask,
    private readonly allowance: DeleteAllowance,
  ) {}

  /** Deletes `orphan` with the next batch; with a phase that does not write, counts it as if. */
  delete(orphan: ListedObject): Promise<void> | undefined {
    if (!this.task.input.phase.write) return this.#deleted(orphan);
    if (!this.allowance.take()) return this.#failed(orphan, new StoreError('guarded', BEYOND_LIMIT));
    this.#batch.push(orphan);
    return this.#batch.length < BATCH ? undefined : this.flush();
  }

  /** Resolves when S3 has answered. */
  flush(): Promise<void> | undefined {
    if (this.#batch.length === 0) return undefined;
    const batch = this.#batch;
    this.#batch = [];
    return this.task.concurrency.request(() => this.#deleteBatch(batch));
  }

  async #deleteBatch(batch: readonly ListedObject[]): Promise<void> {
    const failures = await this.#request(batch);
    for (const orphan of batch) {
      const error = failures.get(orphan.key);
      if (error && error.reason !== 'gone') await this.#failed(orphan, error);
      else await this.#deleted(orphan);
    }
  }

  /** Where the lock is lost, no request is sent: that is the failure of each of its keys. */
  async #request(batch: readonly ListedObject[]): Promise<Map<string, StoreError>> {
    try {
      const failures = await this.task.buckets.destination.deleteObjects(batch.map((orphan) => this.#describe(orphan)));
      return new Map(failures.map(({ key, error }: DeleteFailure) => [key, error]));
    } catch (error) {
      const failure = error instanceof StoreError ? error : new StoreError('refused', String(error), error);
      return new Map(batch.map(({ key }) => [key, failure]));
    }
  }

  #describe({ key, eTag }: ListedObject): DeleteRequest {
    return this.task.input.run.input.conditional ? { key, eTag } : { key };
  }

  #deleted({ key, sizeBytes, eTag }: ListedObject): Promise<void> | undefined {
    this.task.counters.deleted += 1;
    return this.task.report({ action: 'delete', key, sizeBytes, eTag, reason: 'orphan' });
  }

  #failed({ key, sizeBytes, eTag }: ListedObject, error: StoreError): Promise<void> | undefined {
    this.task.counters.failed += 1;
    return this.task.report({ action: 'delete', key, sizeBytes, eTag, reason: error.reason, error: error.message });
  }
}

const BEYOND_LIMIT = 'There are more orphans than `maxDeletes` allows, and more than the plan had found';
