import type { Planned } from '../../../local/progress';
import type { Amounts } from './amounts';
import type { Rates } from './rates';

/** One kind of planned work: copies, their bytes, or deletes. */
export interface Work {
  readonly done: number;
  readonly total: number;
  /** Absent: not known yet. */
  readonly perSecond?: number;
}

export interface PlannedWork {
  readonly copies?: Work;
  readonly bytes?: Work;
  readonly deletes?: Work;
}

/**
 * The planned work of a phase; undefined if the plan does not tell of all that the phase does.
 *
 * @param copies  the phase copies
 */
export function workOf(
  plan: Planned | undefined,
  amounts: Amounts,
  copies: boolean,
  rates?: Rates,
): PlannedWork | undefined {
  if (!plan || (copies && plan.copies === undefined)) return undefined;
  const copied = amounts.copied + amounts.failedCopies + amounts.needlessCopies;
  const deleted = amounts.deleted + amounts.failedDeletes + amounts.needlessDeletes;
  const areCopiesOver = plan.copies !== undefined && copied >= plan.copies;
  return {
    ...(plan.copies !== undefined && { copies: { done: copied, total: plan.copies, perSecond: rates?.copied } }),
    ...(plan.copiedBytes !== undefined && {
      // the bytes of an object that failed are never copied
      bytes: {
        done: areCopiesOver ? plan.copiedBytes : amounts.copiedBytes,
        total: plan.copiedBytes,
        perSecond: rates?.copiedBytes,
      },
    }),
    ...(plan.deletes !== undefined && {
      deletes: { done: deleted, total: plan.deletes, perSecond: rates?.deleted },
    }),
  };
}

/** By objects or by bytes, whichever is further behind. 0 to 100, rounded down; undefined if nothing was planned. */
export function percentDone({ copies, bytes, deletes }: PlannedWork): number | undefined {
  const objects = [copies, deletes].filter((work) => work !== undefined);
  const done = objects.reduce((sum, work) => sum + Math.min(work.done, work.total), 0);
  const total = objects.reduce((sum, work) => sum + work.total, 0);
  if (total === 0) return undefined;
  const ofBytes = bytes && bytes.total > 0 ? (100 * bytes.done) / bytes.total : 100;
  return Math.floor(Math.min((100 * done) / total, ofBytes, 100));
}

/**
 * The milliseconds until all planned work is done, at the rates of now: by copies, bytes or deletes, whichever takes longest.
 * undefined: unknown, because something is left whose rate is not known, or is zero.
 */
export function msLeft(work: PlannedWork): number | undefined {
  const times = Object.values(work as Record<string, Work>).map(({ done, total, perSecond = 0 }) =>
    done >= total ? 0 : ((total - done) * 1000) / perSecond,
  );
  const longest = Math.max(0, ...times);
  return Number.isFinite(longest) ? longest : undefined;
}

/** When the work is expected to end, and when that was found out. */
export interface ExpectedEnd {
  readonly endMs: number;
  readonly atMs: number;
}

/** How long it takes until a new estimate has replaced most of the one before. */
const SMOOTHED_OVER_MS = 5_000;

/** Moves an estimate towards the newest one, so that the number on the screen does not jump. */
export function smoothEnd(before: ExpectedEnd | undefined, newest: ExpectedEnd): ExpectedEnd {
  if (!before) return newest;
  const weight = 1 - Math.exp(-Math.max(0, newest.atMs - before.atMs) / SMOOTHED_OVER_MS);
  return { endMs: before.endMs + weight * (newest.endMs - before.endMs), atMs: newest.atMs };
}
