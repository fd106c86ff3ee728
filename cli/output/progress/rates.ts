import type { LoopProgress, Progress } from '../../../local/progress';
import type { Amounts } from './amounts';

/** What is shown as a rate. */
const RATED = ['lookedAt', 'copied', 'copiedBytes', 'deleted'] as const;

/** Each by the second. */
export type Rates = Readonly<Record<(typeof RATED)[number], number>>;

/** How much was done at a moment. */
export interface Sample {
  readonly atMs: number;
  readonly amounts: Rates;
}

/** Rates are those of the last ten seconds, since users want to know what goes on now. */
export const WINDOW_MS = 10_000;

/** Samples that are closer together than this add nothing. */
const LEAST_APART_MS = 250;

/** A rate over less time than this says little. */
const LEAST_MS = 1_000;

/**
 * Adds a sample, and drops those that are older than the window, but for the one at its beginning. Begins again if the amounts fell,
 * as at the start of a phase or after the loss of a Task, or if the clock was set back.
 */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (!last || isBefore(sample, last)) return [sample];
  const before = samples.at(-2);
  const kept = before && last.atMs - before.atMs < LEAST_APART_MS ? samples.slice(0, -1) : samples;
  const first = kept.findLastIndex(({ atMs }) => atMs <= sample.atMs - WINDOW_MS);
  return [...kept.slice(Math.max(0, first)), sample];
}

function isBefore(sample: Sample, last: Sample): boolean {
  return sample.atMs < last.atMs || RATED.some((amount) => sample.amounts[amount] < last.amounts[amount]);
}

/** The rates between the first sample and the last one; undefined: not known yet. */
export function ratesOver(samples: readonly Sample[]): Rates | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return undefined;
  const seconds = (last.atMs - first.atMs) / 1000;
  if (seconds * 1000 < LEAST_MS) return undefined;
  return ratesFor((amount) => (last.amounts[amount] - first.amounts[amount]) / seconds);
}

/** The average rates of the rounds that have ended; undefined: none has. */
export function averageRates({ copy, delete: deletes }: Progress): Rates | undefined {
  if (countedMs(copy) === 0 && countedMs(deletes) === 0) return undefined;
  const [copies, others] = [perSecond(copy), perSecond(deletes)];
  return {
    lookedAt: Math.max(copies('listed'), others('listed')),
    copied: copies('copied'),
    copiedBytes: copies('copiedBytes'),
    deleted: copies('deleted') + others('deleted'),
  };
}

function perSecond(loop: LoopProgress) {
  const ms = countedMs(loop);
  return (field: 'listed' | 'copied' | 'copiedBytes' | 'deleted') => (ms > 0 ? (loop.counters[field] * 1000) / ms : 0);
}

function countedMs({ counted }: LoopProgress): number {
  return counted ? Math.max(0, counted.atMs - counted.sinceMs) : 0;
}

export function ratedAmounts(amounts: Amounts): Rates {
  return ratesFor((amount) => amounts[amount]);
}

function ratesFor(read: (amount: (typeof RATED)[number]) => number): Rates {
  return Object.fromEntries(RATED.map((amount) => [amount, read(amount)])) as Rates;
}
