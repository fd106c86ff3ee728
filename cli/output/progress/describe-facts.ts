import { formatBytes, formatCount, formatDuration } from '../../../wording/numbers';
import { doesWork, outcomeWords } from '../phase-words';
import type { Facts } from './facts';

/** What is done of one kind of work, as the cells of a row: the word, objects, bytes, objects a second, bytes a second. */
export type WorkCells = readonly [word: string, objects: string, bytes: string, rate: string, byteRate: string];

export function describeWork({ phase, amounts, plan = {}, rates, copies, deletes }: Facts): WorkCells[] {
  const { copied, deleted } = outcomeWords(phase);
  // what a phase only finds has no pace that matters to anybody
  const pace = doesWork(phase) ? rates : undefined;
  const perSecond = (rate: number | undefined) => (rate ? `${formatPace(rate)}/s` : '');
  const rows: WorkCells[] = [];
  if (copies || amounts.copied > 0) {
    rows.push([
      copied,
      withTotal(amounts.copied, plan.copies, formatCount),
      withTotal(amounts.copiedBytes, plan.copiedBytes, formatBytes),
      perSecond(pace?.copied),
      pace?.copiedBytes ? `${formatBytes(Math.round(pace.copiedBytes))}/s` : '',
    ]);
  }
  if (deletes || plan.deletes) {
    rows.push([deleted, withTotal(amounts.deleted, plan.deletes, formatCount), '', perSecond(pace?.deleted), '']);
  }
  return rows;
}

/** What else is known: what was looked at, and how much goes on at the moment. */
export function describeRest({ amounts, plan, rates, inFlight, functions, ageMs }: Facts): string[] {
  const { lookedAt, same, skipped, failedCopies, failedDeletes } = amounts;
  const pace = rates?.lookedAt && !plan ? ` (${formatPace(rates.lookedAt)}/s)` : '';
  return [
    `looked at ${formatCount(lookedAt)}${pace}`,
    `same ${formatCount(same)}`,
    skipped > 0 ? `left out ${formatCount(skipped)}` : '',
    `failed ${formatCount(failedCopies + failedDeletes)}`,
    inFlight ? `${formatCount(inFlight)} in flight` : '',
    functions ? `${functions.done} of ${functions.total} functions done` : '',
    ageMs !== undefined ? `as of ${formatDuration(roundedUp(ageMs))} ago` : '',
  ].filter(Boolean);
}

/** `about 1 m 50 s left`, without digits that nobody can know. */
export function describeLeft({ leftMs }: Facts): string {
  return leftMs === undefined ? '' : `about ${formatDuration(roundedUp(leftMs))} left`;
}

function withTotal(done: number, total: number | undefined, format: (value: number) => string): string {
  if (total === undefined) return format(done);
  // something has changed since the plan
  return done > total ? `${format(done)}, planned ${format(total)}` : `${format(done)} of ${format(total)}`;
}

function formatPace(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);
}

const STEPS_MS = [
  [10_000, 1_000],
  [60_000, 5_000],
  [3_600_000, 10_000],
] as const;

/** To whole seconds, five or ten of them, or minutes. */
function roundedUp(ms: number): number {
  const [, step = 60_000] = STEPS_MS.find(([below]) => ms <= below) ?? [];
  return Math.max(1_000, Math.ceil(ms / step) * step);
}
