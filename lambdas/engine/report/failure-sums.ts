import type { ReportLine } from '../../../statemachine/contract';

/** Objects that failed in the same way. */
export interface FailureSum {
  readonly action: ReportLine['action'];
  readonly reason: string;
  readonly objects: number;
  /** Some of them. */
  readonly samples: readonly Pick<ReportLine, 'key' | 'error'>[];
}

const MOST_SAMPLES = 10;
/** Servers other than AWS may invent reasons. */
const MOST_SUMS = 50;
/** In a sample. The line of the object has the whole message. */
const LONGEST_ERROR = 500;
const OTHER_REASONS = 'other';

/** What failed, by action and reason. */
export class FailureSums {
  readonly #sums = new Map<string, FailureSum>();

  add({ action, reason, key, error }: Pick<ReportLine, 'action' | 'reason' | 'key' | 'error'>): void {
    this.addSum({ action, reason, objects: 1, samples: [{ key, error: error?.slice(0, LONGEST_ERROR) }] });
  }

  addSum(sum: FailureSum): void {
    const isKnown = this.#sums.has(nameOf(sum));
    const reason = isKnown || this.#sums.size < MOST_SUMS ? sum.reason : OTHER_REASONS;
    const name = nameOf({ ...sum, reason });
    const known = this.#sums.get(name);
    this.#sums.set(name, {
      action: sum.action,
      reason,
      objects: (known?.objects ?? 0) + sum.objects,
      samples: known?.samples.length === MOST_SAMPLES ? known.samples : join(known?.samples, sum.samples),
    });
  }

  /** Those with the most objects first. */
  toArray(): FailureSum[] {
    return [...this.#sums.values()].sort((a, b) => b.objects - a.objects);
  }
}

function join(known: FailureSum['samples'] = [], more: FailureSum['samples']): FailureSum['samples'] {
  return [...known, ...more].slice(0, MOST_SAMPLES);
}

function nameOf({ action, reason }: Pick<FailureSum, 'action' | 'reason'>): string {
  return `${action} ${reason}`;
}
