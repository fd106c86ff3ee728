import {
  type Counters,
  countFailed,
  type RunSummary,
  type SyncInput,
  totalsOfLoop,
} from '../../../statemachine/contract';
import { formatBytes, formatCount, formatDuration, formatObjects } from '../../../wording/numbers';
import { addAmounts, NOTHING } from '../report/amounts';
import type { TallyDocument } from '../report/tally';

/** The outcome of a run, at a glance. */
export interface Headline {
  /** `plan` has no colour: nothing has gone well or badly yet. */
  readonly tone: 'good' | 'bad' | 'plan';
  readonly sentence: string;
  /** More about it, or empty. */
  readonly more: string;
  readonly tiles: readonly Tile[];
}

export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly style: string;
}

/** Somebody has ended the run. */
const STOPPED = ['InterruptedError', 'NotConfirmedError'];
const SINGLE_FAILURES = 'SyncIncompleteError';

/**
 * @param failed  how many objects failed, also in a phase that writes nothing
 * @param tally  what the report adds up to
 */
export function describeOutcome(
  summary: RunSummary,
  input: SyncInput,
  failed: number,
  tally: TallyDocument | undefined,
): Headline {
  const { error } = summary;
  const changes = totals(summary, input, tally);
  const tone = error ? 'bad' : input.dryRun ? 'plan' : 'good';
  return {
    tone,
    sentence: error ? describeFailure(summary, input, failed) : describeSuccess(changes, input),
    more: describeMore(summary, changes),
    tiles: tilesOf(changes, isPlanned(summary, input), failed),
  };
}

function describeSuccess(changes: Changes, input: SyncInput): string {
  const { copied, deleted, waiting = 0, deferred = 0 } = changes;
  const done = describeChanges(changes, input.dryRun);
  if (input.dryRun) return `Plan: ${done}`;
  if (copied + deleted > 0) return `${input.undo === undefined ? 'Mirrored' : 'Undone'}: ${done}`;
  if (waiting > 0) return `Nothing could be copied yet: ${done}`;
  return `Nothing had to be copied or deleted${deferred > 0 ? `, ${describeDeferred(deferred)}` : ''}`;
}

/** Of a run that is broken off, `failed` may be zero. */
function describeFailure({ error, elapsedMs }: RunSummary, { dryRun, undo }: SyncInput, failed: number): string {
  const name = dryRun ? 'The plan' : undo === undefined ? 'The run' : 'The undo';
  if (error && STOPPED.includes(error.name)) return `${name} was stopped after ${formatDuration(elapsedMs)}`;
  if (error?.name === SINGLE_FAILURES && failed > 0) return `${name} is incomplete: ${formatObjects(failed)} failed`;
  return `${name} failed after ${formatDuration(elapsedMs)}`;
}

function describeMore({ error, wrote }: RunSummary, changes: Changes): string {
  const { copied, deleted, unchanged } = changes;
  if (error) return wrote && copied + deleted > 0 ? `Done until then: ${describeChanges(changes, false)}.` : '';
  return unchanged > 0 ? `${formatObjects(unchanged)} already the same.` : '';
}

/** `931 objects copied (4.27 GB), 388 deleted` */
function describeChanges(
  { copied, copiedBytes, deleted, deferred = 0, waiting = 0 }: Changes,
  isPlan: boolean,
): string {
  const [copy, remove] = isPlan ? ['to copy', 'to delete'] : ['copied', 'deleted'];
  const parts = [
    copied > 0 && `${formatObjects(copied)} ${copy} (${formatBytes(copiedBytes)})`,
    deleted > 0 && `${copied > 0 ? formatCount(deleted) : formatObjects(deleted)} ${remove}`,
    copied + deleted === 0 && (isPlan ? 'nothing to copy or delete' : 'nothing copied or deleted'),
    deferred > 0 && describeDeferred(deferred),
    waiting > 0 && `${formatCount(waiting)} waiting to be restored`,
  ];
  return parts.filter(Boolean).join(', ');
}

function describeDeferred(deferred: number): string {
  return `${formatCount(deferred)} to delete later`;
}

function tilesOf(changes: Changes, isPlan: boolean, failed: number): Tile[] {
  const { copied, copiedBytes, deleted, deferred = 0, unchanged, skipped } = changes;
  const [copy, bytes, remove] = isPlan
    ? ['to copy', 'bytes to copy', 'to delete']
    : ['copied', 'bytes copied', 'deleted'];
  const tiles = [
    { name: copy, value: formatCount(copied), style: '' },
    { name: bytes, value: formatBytes(copiedBytes), style: '' },
    { name: remove, value: formatCount(deleted), style: '' },
    ...(deferred > 0 ? [{ name: 'to delete later', value: formatCount(deferred), style: '' }] : []),
    { name: 'failed', value: formatCount(failed), style: failed > 0 ? 'bad' : '' },
    ...(unchanged > 0 ? [{ name: 'already the same', value: formatCount(unchanged), style: '' }] : []),
    ...(skipped > 0 ? [{ name: 'left out', value: formatCount(skipped), style: '' }] : []),
  ];
  return tiles as Tile[];
}

/** Whether the numbers tell what would be done: nobody has written anything. */
export function isPlanned({ wrote, phases, error }: RunSummary, { dryRun }: SyncInput): boolean {
  return dryRun || (error !== undefined && !wrote && phases.some(({ name }) => name === 'plan'));
}

interface Changes extends Pick<Counters, 'copied' | 'copiedBytes' | 'unchanged' | 'skipped' | 'waiting' | 'deferred'> {
  readonly deleted: number;
}

/** The counters of a phase that broke off are lost, but not what its report adds up to. */
function totals(summary: RunSummary, input: SyncInput, tally: TallyDocument | undefined): Changes {
  const counted = { phases: summary.phases, plan: summary.keptPlan, dryRun: isPlanned(summary, input) };
  const [copy, deletes] = [totalsOfLoop(counted, 'copy'), totalsOfLoop(counted, 'delete')];
  // each loop meets what both sides have, so objects of the two are not added up
  const { copied, copiedBytes, unchanged, skipped, waiting } = copy;
  const told = summary.error ? Object.values(tally?.copied ?? {}).reduce(addAmounts, NOTHING) : NOTHING;
  const toldDeleted = summary.error ? (tally?.deleted.objects ?? 0) : 0;
  return {
    copied: Math.max(copied, told.objects),
    copiedBytes: Math.max(copiedBytes, told.bytes),
    deleted: Math.max(deletes.deleted, toldDeleted),
    unchanged,
    skipped,
    ...(waiting !== undefined && { waiting }),
    ...(deletes.deferred !== undefined && { deferred: deletes.deferred }),
  };
}

/** How many objects failed in the end. A run that broke off has reported more than it counted. @param read  failures of its report */
export function failedObjects(summary: RunSummary, read: number): number {
  return Math.max(read, countFailed(summary));
}
