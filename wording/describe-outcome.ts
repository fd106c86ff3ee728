import { type Counters, type RunSummary, totalsOfLoop } from '../statemachine/contract';
import { writesNothing } from '../statemachine/writes-nothing';
import { formatBytes, formatCount, formatObjects } from './numbers';

/** `1,204 objects copied (34.5 MB), 214 deleted, 11,196 already the same` */
export function describeOutcome(summary: RunSummary): string {
  const copies = totalsIn(summary, 'copy');
  const { copied, copiedBytes, overwritten = 0, unchanged, failed: notCopied, waiting = 0 } = copies;
  const { deleted, skipped, deferred = 0, failed: notDeleted } = totalsIn(summary, 'delete');
  const leftOut = Math.max(copies.skipped - waiting, skipped - deferred);
  const failed = notCopied + notDeleted;
  const verb = isPlan(summary) ? 'to be ' : '';
  const parts = [
    copied > 0 && `${formatObjects(copied)} ${verb}copied (${formatBytes(copiedBytes)}${ofThese(overwritten)})`,
    deleted > 0 && `${formatCount(deleted)} ${verb}deleted`,
    copied === 0 && deleted === 0 && `nothing ${verb}copied or deleted`,
    deferred > 0 && `${formatCount(deferred)} to be deleted later`,
    unchanged > 0 && `${formatCount(unchanged)} already the same`,
    waiting > 0 && `${formatCount(waiting)} waiting to be restored`,
    leftOut > 0 && `${formatCount(leftOut)} ${describeSkipped(summary)}`,
    failed > 0 && `${formatCount(failed)} failed`,
  ];
  return parts.filter(Boolean).join(', ');
}

/** No filter leaves out what a reviewed plan names. Somebody else has deleted it first. */
export function describeSkipped({ input }: Pick<RunSummary, 'input'>): string {
  return (input as { apply?: unknown } | null)?.apply === undefined ? 'left out' : 'already gone';
}

function ofThese(overwritten: number): string {
  return overwritten > 0 ? `, ${formatCount(overwritten)} overwritten` : '';
}

/** One loop: what became of each object, or of a plan what would become of it. */
export function totalsIn(summary: RunSummary, loop: 'copy' | 'delete'): Counters {
  return totalsOfLoop({ phases: summary.phases, plan: summary.keptPlan, dryRun: isPlan(summary) }, loop);
}

/** Summaries of older versions do not have this field. */
export function hasWritten({ wrote, phases }: RunSummary): boolean {
  return wrote ?? phases.some(({ name }) => !writesNothing(name));
}

/** Whether it shows what would be done: somebody asked for that, or the run ended before it wrote anything. */
export function isPlan({ input, phases, error }: RunSummary): boolean {
  const asked = (input as { dryRun?: unknown } | null)?.dryRun === true;
  return asked || (error !== undefined && phases.length > 0 && phases.every(({ name }) => writesNothing(name)));
}
