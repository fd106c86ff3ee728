import type { ProvedBy } from '../../statemachine/contract';
import type { ListedObject } from './object-store';
import type { RangeTask } from './range-task';

const ARCHIVED = 'The source object is archived: restore it, or leave it out with `exclude`';

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

  archived(source: ListedObject): Promise<void> | undefined {
    return this.failed(source, 'archived', new Error(ARCHIVED));
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
