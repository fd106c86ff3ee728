import { styleText } from 'node:util';
import type { PlanDigest } from '../../local/digest-plan';
import type { Counters, RunSummary } from '../../statemachine/contract';
import { GUARD_ERRORS } from '../../statemachine/errors';
import { formatLacks } from '../../statemachine/lacks';
import { printable } from '../../statemachine/printable';
import { describeOutcome, hasWritten, isPlan, totalsIn } from '../../wording/describe-outcome';
import { formatLock } from '../../wording/format-lock';
import { formatNotes } from '../../wording/format-notes';
import { formatPlace } from '../../wording/format-place';
import { loopHeadings } from '../../wording/loop-headings';
import {
  formatAmounts,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatNotIncluded,
} from '../../wording/numbers';
import { type FailureDetails, renderFailure } from './failures';
import { inFlags } from './flag-words';
import { loopCells } from './loop-cells';
import {
  describeCost,
  describeDifference,
  describeRefusal,
  describeTime,
  isDifferent,
  renderPlan,
  sampleLines,
} from './plan';
import { shortId } from './short-id';
import { renderTable } from './table';
import { wrap } from './wrap';

type Stream = NodeJS.WriteStream;

/** What a command knows beyond a summary. */
export interface SummaryDetails extends FailureDetails {
  /** What a plan found. */
  readonly plan?: PlanDigest | undefined;
  /** Show what each phase counted. */
  readonly verbose?: boolean;
  /** What somebody may do now. */
  readonly next?: string;
}

/** A run's summary for people: what became of the objects, time and cost, and what to do after a failure. */
export function renderSummary(summary: RunSummary, stream: Stream, details: SummaryDetails = {}): string {
  const { plan, verbose } = details;
  const notes = formatNotes({ ...summary, warnings: [] }).map((note) => wrap(note, stream));
  const lacks = wrap(formatLacks(summary.lacks) ?? '', stream);
  const found = plan ? renderPlan(summary, plan, stream) : '';
  const table = verbose ? phaseTable(summary, stream) : '';
  const refusal = plan ? wrap(describeRefusal(summary), stream) : '';
  const parts = [headline(summary, stream), found, table, ...notes, facts(summary, stream, plan), lacks, refusal];
  if (summary.error) parts.push(renderFailure(summary, summary.error, stream, details));
  parts.push(details.next ?? '', renderWarnings(summary, stream));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What `check` has found. */
export function renderCheck(summary: RunSummary, stream: Stream, details: SummaryDetails = {}): string {
  const { plan } = details;
  if (summary.error) return renderSummary(summary, stream, details);
  const isEqual = !isDifferent(summary);
  const mark = isEqual ? styleText('green', '✔', { stream }) : styleText('red', '✖', { stream });
  const title = styleText('bold', isEqual ? 'Equal' : 'Different', { stream });
  const lines = plan
    ? sampleLines(plan)
        .map((line) => `    ${line}`)
        .join('\n')
    : '';
  const parts = [
    `${mark} ${title}\n  ${wrap(describeDifference(summary), stream, 2)}`,
    lines,
    ...formatNotes({ ...summary, warnings: [] }),
    facts(summary, stream),
    renderWarnings(summary, stream),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** The warnings, on the last line. If an error has said the same already, there is none. */
export function renderWarnings({ warnings = [], error }: RunSummary, stream: Stream): string {
  if (error?.name === 'StrictError') return '';
  const mark = styleText('yellow', 'Warning', { stream });
  return warnings.map(({ message }) => wrap(`${mark}: ${printable(inFlags(message))}`, stream)).join('\n');
}

/** Somebody has ended the run. */
const STOPPED = ['InterruptedError', 'NotConfirmedError'];

function headline(summary: RunSummary, stream: Stream): string {
  const time = `${formatDuration(summary.elapsedMs)} (run ${shortId(summary.runId)})`;
  const [mark, done] = summary.error
    ? [
        styleText(summary.status === 'held' ? 'yellow' : 'red', '✖', { stream }),
        `${describeEnd(summary, summary.error.name)} after ${time}`,
      ]
    : [styleText('green', '✔', { stream }), `${describeDone(summary)} in ${time}`];
  const isNothingWritten = summary.error ? !hasWritten(summary) : isPlan(summary);
  const title = `${mark} ${styleText('bold', `${done}${isNothingWritten ? ', nothing was written' : ''}`, { stream })}`;
  return isOutcomeKnown(summary) ? `${title}\n  ${wrap(describeOutcome(summary), stream, 2)}` : title;
}

function describeDone(summary: RunSummary): string {
  if (isPlan(summary)) return 'Planned';
  return isUndo(summary) ? 'Undone' : 'Mirrored';
}

function isUndo({ input }: RunSummary): boolean {
  return (input as { undo?: unknown } | null)?.undo !== undefined;
}

function describeEnd(summary: RunSummary, error: string): string {
  const what =
    (summary.input as { dryRun?: unknown } | null)?.dryRun === true ? 'plan' : isUndo(summary) ? 'undo' : 'run';
  if (error === 'HeldError') return `The ${what} was held back`;
  return `The ${what} ${STOPPED.includes(error) ? 'was stopped' : 'failed'}`;
}

/** Errors that come once a plan knows all that it would do. */
const AFTER_PLAN: readonly string[] = [...GUARD_ERRORS, 'SyncIncompleteError', 'NotConfirmedError'];

/** A run that ended before it looked at any object says nothing about objects. Nor does an incomplete plan. */
function isOutcomeKnown(summary: RunSummary): boolean {
  const { error, phases } = summary;
  if (!error) return true;
  if (phases.length === 0) return false;
  return !isPlan(summary) || AFTER_PLAN.includes(error.name);
}

/** The meaning of the headings in a phase that writes nothing. */
const NOTES: Readonly<Partial<Record<RunSummary['phases'][number]['name'], string>>> = {
  plan: 'plan: what would be copied and deleted',
  verify: 'verify: objects that differ, and orphans that are left',
};

function phaseTable(summary: RunSummary, stream: Stream): string {
  const rows = summary.phases.flatMap((phase) => [
    ...loopRow(phase.name, 'copy', phase.copy),
    ...loopRow(phase.name, 'delete', phase.delete),
  ]);
  if (rows.length === 0) return '';
  const notes = summary.phases.flatMap(({ name }) => NOTES[name] ?? []);
  return [
    renderTable(stream, loopHeadings(), rows, 2),
    ...notes.map((note) => styleText('dim', `  ${note}`, { stream })),
  ].join('\n');
}

/** A loop that listed nothing has no row. */
function loopRow(phase: string, loop: 'copy' | 'delete', counters: Counters): string[][] {
  if (counters.listed === 0 && counters.requests.list === 0) return [];
  return [[phase, loop, ...loopCells(loop, counters), formatCount(counters.skipped), formatCount(counters.failed)]];
}

/** @param plan  its price is the run's, not its own */
/** Of copies and their bytes if there were any, else of deletes or of comparisons. */
function describeSpeed(summary: RunSummary): string {
  const { elapsedMs } = summary;
  const [copies, deletes] = [totalsIn(summary, 'copy'), totalsIn(summary, 'delete')];
  const perSecond = (amount: number) => (amount * 1000) / Math.max(elapsedMs, 1);
  const { copied, copiedBytes } = copies;
  const isWriting = !isPlan(summary);
  if (isWriting && copied > 0)
    return `${formatPace(perSecond(copied))} copies/s, ${formatBytes(Math.round(perSecond(copiedBytes)))}/s`;
  if (isWriting && deletes.deleted > 0) return `${formatPace(perSecond(deletes.deleted))} deletes/s`;
  return `${formatPace(perSecond(Math.max(copies.listed, deletes.listed)))} objects compared/s`;
}

function formatPace(perSecond: number): string {
  return perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond);
}

/** On a terminal, the home folder is `~`, so that the path fits a line. */
function shortPath(path: string, { isTTY }: Stream): string {
  const home = process.env.HOME;
  return isTTY && home && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function facts(summary: RunSummary, stream: Stream, plan?: PlanDigest): string {
  const { estimatedCostUsd, totals, where, report } = summary;
  const notIncluded = formatNotIncluded(estimatedCostUsd);
  const [price, left] = plan
    ? describeCost(plan)
    : [formatCost(estimatedCostUsd), notIncluded && `not included: ${notIncluded}`];
  const pairs = [
    ['Speed', describeSpeed(summary)],
    ['Requests', formatAmounts(totals.requests, formatCount)],
    [plan ? 'Run costs' : 'On AWS', price],
    ['', left],
    ['Run takes', plan ? describeTime(plan) : ''],
    ['Where', where && printable(formatPlace(where))],
    ['Lock', formatLock(summary.input)],
    ['Report', report && shortPath(`${report}report.html`, stream)],
  ];
  // if no phase was reached, there is no speed and no price
  const shown = pairs.filter(([name, value]) => value && (summary.phases.length > 0 || name === 'Report'));
  return shown
    .map(([name = '', value = '']) => `  ${styleText('dim', name.padEnd(9), { stream })} ${wrap(value, stream, 12)}`)
    .join('\n');
}
