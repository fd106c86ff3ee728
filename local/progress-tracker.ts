import type { RangeProgress } from '../lambdas/engine/ports/host';
import {
  addCounters,
  type Counters,
  emptyCounters,
  type Phase,
  type RangeInput,
  type RangeResult,
  type Run,
} from '../statemachine/contract';
import { countersOf, type LoopProgress, type Planned, type Progress, plannedBy, plannedEarlier } from './progress';

type Loop = 'copy' | 'delete';

interface LoopRecord {
  round: number;
  finished: Counters;
  readonly running: Map<object, RangeProgress>;
}

const NOTHING_YET: RangeProgress = { counters: emptyCounters(), inFlight: 0 };

/** Adds up the counters of the ranges in the current phase, and keeps what the phases before it planned and did. */
export class ProgressTracker {
  #phase: Phase | undefined;
  #loops: Record<Loop, LoopRecord> = { copy: newLoop(), delete: newLoop() };
  #plan: Planned | undefined;
  #earlier: Record<Loop, Counters> = { copy: emptyCounters(), delete: emptyCounters() };

  constructor(private readonly onProgress: (progress: Progress) => void) {}

  /** Follows one range. The returned functions accept its progress while it runs, and its result at its end. */
  follow(
    loop: Loop,
    { phase, round, run }: RangeInput,
  ): { update(progress: RangeProgress): void; end(result?: RangeResult): void } {
    if (this.#phase?.name !== phase.name) this.#begin(phase, run);
    const record = this.#loops[loop];
    const range = {};
    record.round = Math.max(record.round, round + 1);
    record.running.set(range, NOTHING_YET);
    return {
      update: (progress) => {
        record.running.set(range, progress);
        this.#tell();
      },
      end: (result) => {
        record.running.delete(range);
        if (result) record.finished = addCounters(record.finished, countersOf(result));
        this.#tell();
      },
    };
  }

  #begin(phase: Phase, { plan }: Pick<Run, 'plan'>): void {
    const before = this.#phase;
    const { copy, delete: deletes } = this.#loops;
    if (before?.name === 'plan') {
      // one walk may decide both sides; then the copy loop counts the deletes
      const decided = { ...deletes.finished, deleted: deletes.finished.deleted + copy.finished.deleted };
      this.#plan = plannedBy({
        ...(before.copy && { copy: copy.finished }),
        ...(before.delete && { delete: decided }),
      });
      if (plan) this.#plan = { ...this.#plan, isAll: true };
    } else if (before?.write) {
      this.#earlier = {
        copy: addCounters(this.#earlier.copy, copy.finished),
        delete: addCounters(this.#earlier.delete, deletes.finished),
      };
    }
    if (plan && !this.#plan) this.#plan = plannedEarlier(plan);
    this.#phase = phase;
    this.#loops = { copy: newLoop(), delete: newLoop() };
  }

  #tell(): void {
    if (!this.#phase) return;
    const { name, write } = this.#phase;
    const { copy, delete: deletes } = this.#loops;
    this.onProgress({
      phase: name,
      copy: summarise(copy),
      delete: summarise(deletes),
      ...(write && this.#plan && { plan: this.#plan }),
      ...(write && { earlier: this.#earlier }),
    });
  }
}

function newLoop(): LoopRecord {
  return { round: 0, finished: emptyCounters(), running: new Map() };
}

function summarise({ round, finished, running }: LoopRecord): LoopProgress {
  const ranges = [...running.values()];
  return {
    round,
    running: running.size,
    counters: ranges.reduce((sum, { counters }) => addCounters(sum, counters), finished),
    inFlight: ranges.reduce((sum, { inFlight }) => sum + inFlight, 0),
  };
}
