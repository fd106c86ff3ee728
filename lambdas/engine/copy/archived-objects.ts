import type { RangeInput } from '../../../statemachine/contract';
import type { Send } from '../concurrency/send';
import type { ListedObject } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Ledger } from '../range/ledger';

interface Task {
  readonly input: RangeInput;
  readonly buckets: Pick<Buckets, 'source'>;
  readonly ledger: Ledger;
}

const ARCHIVED =
  'The source object is archived. Set `archived` to "restore" or "skip", or leave its class out with `storageClasses`';

/** Objects of the source that S3 has to restore before they can be copied: restores them, or leaves them, as the input says. */
export class ArchivedObjects {
  constructor(private readonly task: Task) {}

  mayRestore({ restoring }: ListedObject): boolean {
    const { phase, run } = this.task.input;
    return phase.write && run.input.archived === 'restore' && !restoring;
  }

  /** The object cannot be copied now. @param why  S3's error, if a request was sent */
  leave(source: ListedObject, why: unknown = new Error(ARCHIVED)): Promise<void> | undefined {
    const { ledger, input } = this.task;
    const { archived } = input.run.input;
    if (archived === 'fail') return ledger.failed('copy', source, 'archived', why);
    return archived === 'skip' ? ledger.skipped(source, 'archived') : ledger.waiting(source, !source.restoring);
  }

  /**
   * Asks S3 to restore the object. Intelligent-Tiering restores an object permanently.
   *
   * @returns whether it can be copied already: a list page of another S3 may not show that an object is restored
   */
  async restore(source: ListedObject, send: Send): Promise<boolean> {
    const { restoreTier, restoreDays } = this.task.input.run.input;
    const days = source.storageClass === 'INTELLIGENT_TIERING' ? undefined : restoreDays;
    const request = { key: source.key, tier: restoreTier, days };
    const state = await send(() => this.task.buckets.source.restoreObject(request));
    if (state === 'restored') return true;
    await this.task.ledger.waiting(source, state === 'begun');
    return false;
  }
}
