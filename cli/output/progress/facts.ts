import type { LoopProgress, Planned, Progress } from '../../../local/progress';
import { type Amounts, amountsOf, isAtWork } from './amounts';
import { averageRates, type Rates, ratedAmounts, ratesOver, type Sample, withSample } from './rates';
import { type ExpectedEnd, msLeft, percentDone, smoothEnd, workOf } from './time-left';

/** What is known about a run at a moment. What is absent is not known. */
export interface Facts {
  readonly phase: Progress['phase'];
  /** Of this phase. */
  readonly elapsedMs: number;
  readonly amounts: Amounts;
  readonly plan?: Planned;
  readonly copies: boolean;
  readonly deletes: boolean;
  readonly rates?: Rates;
  readonly percent?: number;
  readonly leftMs?: number;
  readonly inFlight?: number;
  /** Lambda functions of a run in AWS: those that run now, and those of the rounds at work. */
  readonly functions?: { readonly running: number; readonly done: number; readonly total: number };
  /** How old the amounts are, if they come in long intervals. */
  readonly ageMs?: number;
}

/** Finds out what to show: rates over the last seconds, and the time left. */
export class FactFinder {
  #phase: Progress['phase'] | undefined;
  #beganMs = 0;
  #samples: readonly Sample[] = [];
  #end: ExpectedEnd | undefined;

  /** @param now  milliseconds since 1970 */
  constructor(private readonly now: () => number) {}

  /** To be called again while nothing changes, because rates fall meanwhile. */
  look(progress: Progress): Facts {
    const atMs = this.now();
    if (progress.phase !== this.#phase) this.#begin(progress.phase, atMs);
    const amounts = amountsOf(progress);
    const rates = this.#ratesOf(progress, amounts, atMs);
    const { copy, delete: deletes, plan } = progress;
    const work = workOf(plan, amounts, isAtWork(copy), rates);
    const counted = countedOf(progress);
    const leftMs = work && this.#smooth(msLeft(work), counted?.atMs ?? atMs, atMs);
    const percent = work && percentDone(work);
    const inFlight = sumOf(progress, ({ inFlight }) => inFlight);
    const functions = counted && functionsOf(progress);
    return {
      phase: progress.phase,
      elapsedMs: atMs - (counted?.sinceMs ?? this.#beganMs),
      amounts,
      copies: isAtWork(copy),
      deletes: isAtWork(deletes) || amounts.deleted > 0,
      ...(plan && { plan }),
      ...(rates && { rates }),
      ...(percent !== undefined && { percent }),
      ...(leftMs !== undefined && { leftMs }),
      ...(inFlight !== undefined && { inFlight }),
      ...(functions && { functions }),
      ...(counted && counted.atMs > counted.sinceMs && { ageMs: Math.max(0, atMs - counted.atMs) }),
    };
  }

  #begin(phase: Progress['phase'], atMs: number): void {
    this.#phase = phase;
    this.#beganMs = atMs;
    this.#samples = [];
    this.#end = undefined;
  }

  #ratesOf(progress: Progress, amounts: Amounts, atMs: number): Rates | undefined {
    if (countedOf(progress)) return averageRates(progress);
    this.#samples = withSample(this.#samples, { atMs, amounts: ratedAmounts(amounts) });
    return ratesOver(this.#samples);
  }

  /** @param countedMs  when the work was counted that is left */
  #smooth(left: number | undefined, countedMs: number, atMs: number): number | undefined {
    this.#end = left === undefined ? undefined : smoothEnd(this.#end, { endMs: countedMs + left, atMs });
    const remaining = this.#end && this.#end.endMs - atMs;
    return remaining !== undefined && remaining > 0 ? remaining : undefined;
  }
}

/** From when to when the counters were counted, if that is not now: the older of both loops. */
function countedOf({ copy, delete: deletes }: Progress): LoopProgress['counted'] {
  const working = [copy, deletes].filter(({ running, ranges }) => running > 0 || ranges !== undefined);
  const counted = (working.length > 0 ? working : [copy, deletes]).flatMap((loop) => loop.counted ?? []);
  return counted.sort((a, b) => a.atMs - b.atMs)[0];
}

function functionsOf(progress: Progress): Facts['functions'] {
  const running = sumOf(progress, (loop) => loop.running) ?? 0;
  const done = sumOf(progress, ({ ranges }) => ranges?.done) ?? 0;
  const total = sumOf(progress, ({ ranges }) => ranges?.total) ?? 0;
  return total === 0 ? undefined : { running, done, total };
}

function sumOf({ copy, delete: deletes }: Progress, read: (loop: LoopProgress) => number | undefined) {
  const values = [copy, deletes].map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value);
}
