import { addCounters, type Counters, emptyCounters, type Phase, type RangeInput } from '../statemachine/contract';
import type { LoopProgress, Progress } from './progress';

type Loop = 'copy' | 'delete';

interface LoopRecord {
  round: number;
  finished: Counters;
  readonly running: Map<object, Counters>;
}

/** Adds up the counters of the ranges in the current phase. */
export class ProgressTracker {
  #phase: Phase['name'] | undefined;
  #loops: Record<Loop, LoopRecord> = { copy: newLoop(), delete: newLoop() };

  constructor(private readonly onProgress: (progress: Progress) => void) {}

  /** Follows one range. The returned functions accept its counters while it runs, and at its end. */
  follow(
    loop: Loop,
    { phase, round }: RangeInput,
  ): { update(counters: Counters): void; end(counters?: Counters): void } {
    if (this.#phase !== phase.name) {
      this.#phase = phase.name;
      this.#loops = { copy: newLoop(), delete: newLoop() };
    }
    const record = this.#loops[loop];
    const range = {};
    record.round = Math.max(record.round, round + 1);
    record.running.set(range, emptyCounters());
    return {
      update: (counters) => {
        record.running.set(range, counters);
        this.#tell();
      },
      end: (counters) => {
        record.running.delete(range);
        if (counters) record.finished = addCounters(record.finished, counters);
        this.#tell();
      },
    };
  }

  #tell(): void {
    if (!this.#phase) return;
    const { copy, delete: deletes } = this.#loops;
    this.onProgress({ phase: this.#phase, copy: summarise(copy), delete: summarise(deletes) });
  }
}

function newLoop(): LoopRecord {
  return { round: 0, finished: emptyCounters(), running: new Map() };
}

function summarise({ round, finished, running }: LoopRecord): LoopProgress {
  return { round, running: running.size, counters: [...running.values()].reduce(addCounters, finished) };
}
