import type { Counters } from './counters';
import type { RunSummary } from './summary';

/** Limits that may be a percentage of the objects at the destination. */
export const SHARED_LIMITS = ['maxDeletes', 'maxOverwrites'] as const;
export type SharedLimit = (typeof SHARED_LIMITS)[number];

/** What a plan found: the counters of its two loops. */
interface Planned {
  readonly copy: Counters;
  readonly delete: Counters;
}

/** How many objects a run may delete if nobody sets `maxDeletes`: this many, or half of those that take part if that is more. */
const DEFAULT_DELETES = { objects: 100, share: '50%' } as const;

/** The limit of a run without `maxDeletes`. @param planned  as for `allowedDeletes` */
export function defaultDeleteLimit(planned: Counters): number {
  return Math.max(DEFAULT_DELETES.objects, allowedDeletes(DEFAULT_DELETES.share, planned));
}

/**
 * `maxDeletes` as a count. A percentage refers to the destination objects that the filters include: other objects must not
 * allow more deletes.
 *
 * @param planned  the counters of the delete loop of the run's plan
 */
export function allowedDeletes(maxDeletes: number | string, planned: Counters): number {
  return asCount(maxDeletes, walked(planned));
}

/**
 * `maxOverwrites` as a count. A percentage refers to the same objects as that of `maxDeletes`.
 *
 * @param deletes  whether the run deletes. If not, it looks only at those objects of the destination that the source has, too
 */
export function allowedOverwrites(maxOverwrites: number | string, planned: Planned, deletes: boolean): number {
  return asCount(maxOverwrites, takingPart(planned, deletes));
}

/** How many objects of the destination take part in a run. */
export function takingPart({ copy, delete: orphans }: Planned, deletes: boolean): number {
  return deletes ? walked(orphans) : copy.unchanged + (copy.overwritten ?? 0);
}

/** Orphans that wait take part, although this run does not delete them. */
function walked({ listed, skipped, deferred = 0 }: Counters): number {
  return listed - skipped + deferred;
}

/**
 * How many objects of the destination took part in a run. A run that follows it does not list the whole destination, so its percentages
 * refer to these.
 *
 * @returns undefined if neither the run, nor a run before it, has made a plan
 */
export function tookPart({
  phases,
  input,
  takingPart: before,
}: Pick<RunSummary, 'phases' | 'input' | 'takingPart'>): number | undefined {
  const { delete: deletes } = { delete: true, ...(input as object) };
  const plan = phases.find(({ name, copy, delete: orphans }) => name === 'plan' && copy && orphans);
  return before ?? (plan && takingPart(plan, deletes));
}

/** How many more objects a retry may delete or overwrite. */
export function leftOf(
  limit: number | string,
  field: SharedLimit,
  failed: Pick<RunSummary, 'phases' | 'totals' | 'input' | 'takingPart'>,
): number {
  const { deleted, overwritten = 0 } = failed.totals;
  const done = field === 'maxDeletes' ? deleted : overwritten;
  return Math.max(0, asCount(limit, tookPart(failed) ?? 0) - done);
}

/** @param whole  to how many objects a percentage refers */
export function asCount(limit: number | string, whole: number): number {
  return typeof limit === 'number' ? limit : Math.floor((whole * Number.parseFloat(limit)) / 100);
}
