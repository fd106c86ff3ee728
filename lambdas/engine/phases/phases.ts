import { emptyCounters, type LoopState, type Loops, type Phase, type SyncInput } from '../../../statemachine/contract';
import { FIRST_SHARE, withAwayTime } from '../split/range-share';

/** In small letters or capitals, since readers see no difference. */
const PAGES = ['*.[hH][tT][mM]', '*.[hH][tT][mM][lL]'];
const everything = { include: [], exclude: [] };

/**
 * The phases of a run, in order.
 *
 * | input | phases |
 * | --- | --- |
 * | `dryRun` | plan |
 * | `mode: "mirror"` | sync |
 * | `mode: "publish"` | assets, pages, deletes: so a page never links to an asset that is not there yet |
 * | `maxDeletes`, with any of them | first a plan of the deletes, so that the limit is checked before any delete |
 * | `mayBeEmpty`, with any of them | first a plan of copies and deletes, to see whether any object of the source takes part |
 * | `verify`, unless `dryRun` | verify last |
 */
export function planPhases(input: SyncInput, options: { readonly mayBeEmpty?: boolean } = {}): Phase[] {
  if (input.dryRun) return [{ name: 'plan', copy: true, delete: input.delete, write: false, ...everything }];
  return [...guardPhases(input, options), ...writePhases(input), ...verifyPhases(input)];
}

function guardPhases(
  { delete: deletes, maxDeletes }: SyncInput,
  { mayBeEmpty = false }: { readonly mayBeEmpty?: boolean },
): Phase[] {
  if (!deletes || (maxDeletes === undefined && !mayBeEmpty)) return [];
  return [{ name: 'plan', copy: mayBeEmpty, delete: true, write: false, ...everything }];
}

function writePhases({ mode, delete: deletes }: SyncInput): Phase[] {
  if (mode === 'mirror') return [{ name: 'sync', copy: true, delete: deletes, write: true, ...everything }];
  const copying = { copy: true, delete: false, write: true };
  return [
    { name: 'assets', ...copying, include: [], exclude: PAGES },
    { name: 'pages', ...copying, include: PAGES, exclude: [] },
    ...(deletes ? [{ name: 'deletes', copy: false, delete: true, write: true, ...everything } as const] : []),
  ];
}

function verifyPhases({ verify, delete: deletes }: SyncInput): Phase[] {
  return verify ? [{ name: 'verify', copy: true, delete: deletes, write: false, ...everything }] : [];
}

/**
 * Both loops before their first round. A loop that takes part in the phase has one token that covers everything; the other loop
 * has none.
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
    share: withAwayTime(FIRST_SHARE, awayMs),
    counters: emptyCounters(),
    ranges: 0,
    mapRanges: 0,
    busyMs: 0,
    lostDeletes: 0,
  });
  return { copy: start(phase?.copy ?? false), delete: start(phase?.delete ?? false) };
}

/** The first rounds are short, so that a small bucket is done at once and a large bucket is split soon. */
export function budgetOf(round: number, roundBudgetsMs: readonly number[]): number {
  const budget = roundBudgetsMs[Math.min(round, roundBudgetsMs.length - 1)];
  if (budget === undefined) throw new Error('Expected at least one round budget, got none');
  return budget;
}
