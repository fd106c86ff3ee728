import { emptyCounters, type LoopState, type Loops, type Phase, type Run } from '../../../statemachine/contract';
import { FIRST_SHARE, withAwayTime } from '../split/range-share';

/**
 * Whether one walk over both sides decides a phase: in the copy loop, so that each side is listed once. In a retry,
 * each loop has keys of its own to try again.
 */
export function walksBothSides(phase: Phase, { input: { retry } }: Pick<Run, 'input'>): boolean {
  return phase.copy && phase.delete && !phase.write && retry === undefined;
}

/** Whether a phase's decisions are kept, for the phases after it or for a later run to apply. */
export function keepsPlan(
  phase: Phase,
  { input: { retry } }: Pick<Run, 'input'>,
  { keepsNothing = false }: { readonly keepsNothing?: boolean },
): boolean {
  return phase.name === 'plan' && phase.copy && retry === undefined && !keepsNothing;
}

/** One Task does no more actions of a plan in a millisecond than this: each takes its core 0.2 ms. */
const MOST_ACTIONS_PER_MS = 5;

/** A first round that one Task begins and many have to end. */
const SHORT_ROUND_MS = 1_000;

/** The plan whose actions a phase carries out; undefined: the phase decides for itself. */
export function planToApply(phase: Pick<Phase, 'write'>, { plan }: Pick<Run, 'plan'>): Run['plan'] {
  return phase.write ? plan : undefined;
}

/**
 * Both loops before their first round. A loop that takes part in the phase has one token that covers everything; the other loop
 * has none. If one walk decides both sides, the delete loop has none. If a plan has no actions for a loop, that loop has none.
 *
 * @param awayMs  how long earlier phases have waited for a server that was away
 */
export function startLoops(
  phase: Phase | undefined,
  run: Pick<Run, 'input' | 'plan'>,
  roundBudgetsMs: readonly number[],
  awayMs = 0,
): Loops {
  const { startAfter } = run.input;
  const all = startAfter === undefined ? {} : { after: startAfter };
  const start = (takesPart: boolean, actions = 0): LoopState => ({
    round: 0,
    budgetMs: firstBudget(actions, roundBudgetsMs),
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
  if (!phase) return { copy: start(false), delete: start(false) };
  const plan = planToApply(phase, run);
  const copies = phase.copy && plan?.copies !== 0;
  const deletes = phase.delete && plan?.deletes !== 0 && !walksBothSides(phase, run);
  return { copy: start(copies, plan?.copies), delete: start(deletes, plan?.deletes) };
}

/** A long plan is certainly not done in the first round, so its round ends soon, and the next one has many Tasks. */
function firstBudget(actions: number, roundBudgetsMs: readonly number[]): number {
  const budgetMs = budgetOf(0, roundBudgetsMs);
  return actions > budgetMs * MOST_ACTIONS_PER_MS ? Math.min(budgetMs, SHORT_ROUND_MS) : budgetMs;
}

/** The first rounds are short, so that a small bucket is done at once and a large bucket is split soon. */
export function budgetOf(round: number, roundBudgetsMs: readonly number[]): number {
  const budget = roundBudgetsMs[Math.min(round, roundBudgetsMs.length - 1)];
  if (budget === undefined) throw new Error('Expected at least one round budget, got none');
  return budget;
}
