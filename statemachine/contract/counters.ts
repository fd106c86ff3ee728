export interface RequestCounters {
  list: number;
  head: number;
  copy: number;
  delete: number;
  other: number;
}

/**
 * What proved two objects equal. `remembered`: an earlier run found equal checksums or made the copy, and neither ETag has changed
 * since. `date`: the sizes are equal, and the source is not newer.
 */
export type ProvedBy = 'eTag' | 'checksum' | 'remembered' | 'date' | 'size';

/**
 * What a loop did. Every object listed on the walked side is decided exactly once:
 * in the copy loop `listed = copied + unchanged + skipped + failed`,
 * in the delete loop `listed = deleted + unchanged + skipped + failed`.
 * A phase that does not write counts what it would have done.
 */
export interface Counters {
  listed: number;
  copied: number;
  copiedBytes: number;
  /** Of `copied`: those that replace another object at the destination. Absent if there are none. */
  overwritten?: number;
  deleted: number;
  unchanged: number;
  skipped: number;
  failed: number;
  /** Only in the copy loop of a verify phase: what proved its `unchanged` objects equal. */
  proved?: Partial<Record<ProvedBy, number>>;
  /** Only there, too: how many of `copied` differ only because nothing proves them equal. */
  unproven?: number;
  /** Of `skipped`: archived objects that S3 is restoring, so that a later run can copy them. Absent if there are none. */
  waiting?: number;
  /** Of `skipped`: orphans that are not deleted yet, because `deleteAfter` lets them wait. Absent if there are none. */
  deferred?: number;
  /** Of `failed`: objects that have changed since the plan that is applied, and were left alone. Absent if there are none. */
  outdated?: number;
  /** Writes of which the destination has told a version. Absent if there are none. */
  versions?: number;
  /** HTTP requests to S3. Each attempt counts. */
  requests: RequestCounters;
  /** Absent if there are none. */
  surcharges?: Surcharges;
}

export const SURCHARGES = ['copy', 'head', 'retrieval', 'earlyDelete', 'kms'] as const;
export type SurchargeKind = (typeof SURCHARGES)[number];

/**
 * What S3 and KMS charge in addition to the STANDARD price of each request, in billionths of a US dollar at us-east-1
 * list prices:
 *
 * | kind | for |
 * | --- | --- |
 * | `copy`, `head` | requests about objects of another class |
 * | `retrieval` | bytes that a copy reads from an infrequent-access class |
 * | `earlyDelete` | objects that are overwritten or deleted before the minimum storage time of their class |
 * | `kms` | requests from S3 to KMS |
 */
export type Surcharges = Readonly<Partial<Record<SurchargeKind, number>>>;

/**
 * What a walk over both sides found at the destination. Every object listed there is decided exactly once:
 * `listed = deleted + unchanged + skipped + failed`. Its requests are counted with those of the copy loop.
 */
export type FoundAtDestination = Pick<Counters, 'listed' | 'deleted' | 'unchanged' | 'skipped' | 'failed' | 'deferred'>;

/** Fresh counters, all zero. */
export function emptyCounters(): Counters {
  return {
    listed: 0,
    copied: 0,
    copiedBytes: 0,
    deleted: 0,
    unchanged: 0,
    skipped: 0,
    failed: 0,
    requests: { list: 0, head: 0, copy: 0, delete: 0, other: 0 },
  };
}

/** The sum, field by field. */
export function addCounters(a: Counters, b: Counters): Counters {
  return {
    listed: a.listed + b.listed,
    copied: a.copied + b.copied,
    copiedBytes: a.copiedBytes + b.copiedBytes,
    ...((a.overwritten || b.overwritten) && { overwritten: (a.overwritten ?? 0) + (b.overwritten ?? 0) }),
    deleted: a.deleted + b.deleted,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    ...addProved(a.proved, b.proved),
    ...((a.unproven || b.unproven) && { unproven: (a.unproven ?? 0) + (b.unproven ?? 0) }),
    ...((a.waiting || b.waiting) && { waiting: (a.waiting ?? 0) + (b.waiting ?? 0) }),
    ...addDeferred(a, b),
    ...((a.outdated || b.outdated) && { outdated: (a.outdated ?? 0) + (b.outdated ?? 0) }),
    ...((a.versions || b.versions) && { versions: (a.versions ?? 0) + (b.versions ?? 0) }),
    requests: {
      list: a.requests.list + b.requests.list,
      head: a.requests.head + b.requests.head,
      copy: a.requests.copy + b.requests.copy,
      delete: a.requests.delete + b.requests.delete,
      other: a.requests.other + b.requests.other,
    },
    ...((a.surcharges || b.surcharges) && { surcharges: addSurcharges(a.surcharges, b.surcharges) }),
  };
}

/** The sum, field by field. */
export function addFound(a: FoundAtDestination, b: FoundAtDestination): FoundAtDestination {
  return {
    listed: a.listed + b.listed,
    deleted: a.deleted + b.deleted,
    unchanged: a.unchanged + b.unchanged,
    skipped: a.skipped + b.skipped,
    failed: a.failed + b.failed,
    ...addDeferred(a, b),
  };
}

function addDeferred(a: Pick<Counters, 'deferred'>, b: Pick<Counters, 'deferred'>): Pick<Counters, 'deferred'> {
  const deferred = (a.deferred ?? 0) + (b.deferred ?? 0);
  return deferred > 0 ? { deferred } : {};
}

function addProved(a: Counters['proved'], b: Counters['proved']): Pick<Counters, 'proved'> {
  if (!a || !b) return a || b ? { proved: { ...(a ?? b) } } : {};
  const proved = { ...a };
  for (const [by, count] of Object.entries(b) as [ProvedBy, number][]) proved[by] = (proved[by] ?? 0) + count;
  return { proved };
}

export function addSurcharges(a: Surcharges = {}, b: Surcharges = {}): Surcharges {
  const sums = SURCHARGES.map((kind) => [kind, (a[kind] ?? 0) + (b[kind] ?? 0)] as const);
  return Object.fromEntries(sums.filter(([, sum]) => sum !== 0));
}
