import type { Progress } from '../../../local/progress';

/** Measures how long the phase of a progress event has been running. */
export class PhaseClock {
  #phase: Progress['phase'] | undefined;
  #startedAt = 0;

  constructor(private readonly now: () => number) {}

  /** @returns whether a phase began with this event, and the milliseconds since the phase's first event */
  tick({ phase }: Progress): { begins: boolean; elapsedMs: number } {
    const begins = phase !== this.#phase;
    if (begins) {
      this.#phase = phase;
      this.#startedAt = this.now();
    }
    return { begins, elapsedMs: this.now() - this.#startedAt };
  }
}
