import type { Counters, KeptPlan, Phase, RangeResult } from '../statemachine/contract';

/** The progress of a run, sent a few times a second. */
export interface Progress {
  readonly phase: Phase['name'];
  readonly copy: LoopProgress;
  readonly delete: LoopProgress;
  /** What the run's plan decided. Absent: the run has no plan, or this phase does not carry it out. */
  readonly plan?: Planned;
  /** What the phases before this one did, if this phase goes on with it. */
  readonly earlier?: Readonly<Record<'copy' | 'delete', Counters>>;
}

export interface LoopProgress {
  /** 1 for the first round; 0 if the loop has no work in this phase. */
  readonly round: number;
  /** Number of ranges that are running now. */
  readonly running: number;
  /** Number of all ranges of this round, if it is known. */
  readonly ranges?: { readonly done: number; readonly total: number };
  /** Counters of this phase: finished and running ranges together. */
  readonly counters: Counters;
  /** Requests about single objects that S3 has not answered yet. Absent: unknown. */
  readonly inFlight?: number;
  /** Only if the counters are those of rounds that have ended: from when to when they were counted, in ms since 1970. */
  readonly counted?: { readonly sinceMs: number; readonly atMs: number };
}

/** What a plan decided. A number is absent if the plan did not look for it. */
export interface Planned {
  readonly copies?: number;
  readonly copiedBytes?: number;
  readonly deletes?: number;
  /** The phases that write look at these actions alone. */
  readonly isAll?: true;
}

/** @param counters  of the loops of a finished plan phase. Absent: the plan did not look for what this loop does */
export function plannedBy(counters: Readonly<Partial<Record<'copy' | 'delete', Counters>>>): Planned {
  const { copy, delete: deletes } = counters;
  return {
    ...(copy && { copies: copy.copied, copiedBytes: copy.copiedBytes }),
    ...(deletes && { deletes: deletes.deleted }),
  };
}

/** What is known of a plan that an earlier run has made. */
export function plannedEarlier({ copies, restores, deletes }: KeptPlan): Planned {
  return { copies: copies - restores, deletes, isAll: true };
}

/** One walk over both sides counts what it found at the destination apart. */
export function countersOf({ counters, atDestination }: Pick<RangeResult, 'counters' | 'atDestination'>): Counters {
  return atDestination ? { ...counters, deleted: counters.deleted + atDestination.deleted } : counters;
}
