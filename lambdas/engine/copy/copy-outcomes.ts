import type { ProvedBy } from '../../../statemachine/contract';
import type { ListedObject } from '../ports/bucket-reader';
import type { RangeTask } from '../range/range-task';

const ARCHIVED =
  'The source object is archived. Set `archived` to "restore" or "skip", or leave its class out with `storageClasses`';

/** Counts and reports what became of each object of the copy loop. */
export class CopyOutcomes {
  constructor(private readonly task: RangeTask) {}

  /** By what is told by a verify phase alone: no other run has room for it in its state, or needs it. */
  unchanged(by: ProvedBy): void {
    const { counters, input } = this.task;
    counters.unchanged += 1;
    if (input.phase.name !== 'verify') return;
    counters.proved ??= {};
    counters.proved[by] = (counters.proved[by] ?? 0) + 1;
  }

  copied(source: ListedObject, reason: string): Promise<void> | undefined {
    const { counters, input } = this.task;
    counters.copied += 1;
    counters.copiedBytes += source.sizeBytes;
    if (reason === 'unproven' && input.phase.name === 'verify') counters.unproven = (counters.unproven ?? 0) + 1;
    return this.task.report({ action: 'copy', ...describe(source), reason });
  }

  skipped(source: ListedObject, reason: string): Promise<void> | undefined {
    this.task.counters.skipped += 1;
    return this.task.report({ action: 'skip', ...describe(source), reason });
  }

  /** It cannot be copied now. @param why  S3's own words, if it was asked */
  archived(source: ListedObject, why: unknown = new Error(ARCHIVED)): Promise<void> | undefined {
    const { archived } = this.task.input.run.input;
    if (archived === 'fail') return this.failed(source, 'archived', why);
    return archived === 'skip' ? this.skipped(source, 'archived') : this.waiting(source);
  }

  /** S3 restores it, or would be asked to: a later run can copy it. @param isAsked  this run has asked for it, or would */
  waiting(source: ListedObject, isAsked = !source.restoring): Promise<void> | undefined {
    const { counters, input } = this.task;
    counters.waiting = (counters.waiting ?? 0) + 1;
    if (!isAsked || input.phase.name === 'verify') return this.skipped(source, 'restoring');
    counters.skipped += 1;
    return this.task.report({ action: 'restore', ...describe(source), reason: 'archived' });
  }

  failed(source: ListedObject, reason: string, error: unknown): Promise<void> | undefined {
    this.task.counters.failed += 1;
    const message = error instanceof Error ? error.message : String(error);
    return this.task.report({ action: 'copy', ...describe(source), reason, error: message });
  }
}

function describe({ key, sizeBytes, eTag }: ListedObject) {
  return { key, sizeBytes, eTag };
}
