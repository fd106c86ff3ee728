/** What was done in each of some equal steps of time, without a gap between them. */
export interface PaceDocument {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly stepMs: number;
  readonly copied: readonly number[];
  readonly bytes: readonly number[];
  readonly deleted: readonly number[];
}

interface Step {
  readonly copied: number;
  readonly bytes: number;
  readonly deleted: number;
}

const FIRST_STEP_MS = 1_000;
/** The most steps. If a run takes longer, each step becomes twice as long. */
const MOST_STEPS = 240;

const NOTHING: Step = { copied: 0, bytes: 0, deleted: 0 };

/** How fast a run was, over its time. */
export class Pace {
  #stepMs = FIRST_STEP_MS;
  /** By the number of whole steps since 1970. */
  #steps = new Map<number, Step>();
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  /** @param time  milliseconds since 1970 */
  add(time: number, done: Step): void {
    if (!Number.isFinite(time)) return;
    const step = Math.floor(time / this.#stepMs);
    const before = this.#steps.get(step);
    this.#steps.set(step, before ? join(before, done) : done);
    this.#first = Math.min(this.#first, step);
    this.#last = Math.max(this.#last, step);
    while (this.#last - this.#first >= MOST_STEPS) this.#coarsen();
  }

  addAll({ startedAt, stepMs, copied, bytes, deleted }: PaceDocument): void {
    while (this.#stepMs < stepMs) this.#coarsen();
    for (const [index, objects] of copied.entries()) {
      const done = { copied: objects, bytes: bytes[index] ?? 0, deleted: deleted[index] ?? 0 };
      if (done.copied + done.deleted > 0) this.add(startedAt + index * stepMs, done);
    }
  }

  /** @returns undefined if nothing was done */
  toDocument(): PaceDocument | undefined {
    if (this.#steps.size === 0) return undefined;
    const steps = Array.from(
      { length: this.#last - this.#first + 1 },
      (_, index) => this.#steps.get(this.#first + index) ?? NOTHING,
    );
    return {
      startedAt: this.#first * this.#stepMs,
      stepMs: this.#stepMs,
      copied: steps.map(({ copied }) => copied),
      bytes: steps.map(({ bytes }) => bytes),
      deleted: steps.map(({ deleted }) => deleted),
    };
  }

  #coarsen(): void {
    const joined = new Map<number, Step>();
    for (const [step, done] of this.#steps) {
      const wider = Math.floor(step / 2);
      joined.set(wider, join(joined.get(wider) ?? NOTHING, done));
    }
    this.#steps = joined;
    this.#stepMs *= 2;
    this.#first = Math.floor(this.#first / 2);
    this.#last = Math.floor(this.#last / 2);
  }
}

function join(a: Step, b: Step): Step {
  return { copied: a.copied + b.copied, bytes: a.bytes + b.bytes, deleted: a.deleted + b.deleted };
}
