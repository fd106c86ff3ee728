import { emptyCounters, type LoopState, type Loops, type Phase, type SyncInput } from '../../../statemachine/contract';
import { FIRST_SHARE, withAwayTime } from '../split/range-share';

/**
 * Whether one walk over both sides decides a phase: in the copy loop, so that each side is listed once. What a retry tries again
 * is not the same for both loops.
 */
export function walksBothSides(phase: Phase, { retry }: Pick<SyncInput, 'retry'>): boolean {
  return phase.copy && phase.delete && !phase.write && retry === undefined;
}

/**
 * Both loops before their first round. A loop that takes part in the phase has one token that covers everything; the other loop
 * has none. Where one walk decides both sides, the delete loop has none.
 *
 * @param awayMs  how long earlier phases have waited for a server that was away
 */
export function startLoops(
  phase: Phase | undefined,
  input: SyncInput,
  roundBudgetsMs: readonly number[],
  awayMs = 0,
): Loops {
  const all = input.startAfter === undefined ? {} : { after: input.startAfter };
  const start = (takesPart: boolean): LoopState => ({
    round: 0,
    budgetMs: budgetOf(0, roundBudgetsMs),
    tokens: takesPart ? [[all]] : [],
    waiting: [],
    uploads: [],
    share: withAwayTime(FIRST_SHARE, awayMs),
    counters: emptyCounters(),
    ranges: 0,
    mapRanges: 0,
    busyMs: 0,
    lostDeletes: 0,
  });
  const isOneWalk = phase !== undefined && walksBothSides(phase, input);
  return { copy: start(phase?.copy ?? false), delete: start(!isOneWalk && (phase?.delete ?? false)) };
}

/** The first rounds are short, so that a small bucket is done at once and a large bucket is split soon. */
export function budgetOf(round: number, roundBudgetsMs: readonly number[]): number {
  const budget = roundBudgetsMs[Math.min(round, roundBudgetsMs.length - 1)];
  if (budget === undefined) throw new Error('Expected at least one round budget, got none');
  return budget;
}
