import { styleText } from 'node:util';
import { Help } from 'commander';
import type { PlanDigest } from '../../local/digest-plan';
import type { Counters, RunError, RunSummary } from '../../statemachine/contract';
import { countFailed, totalsOfLoop } from '../../statemachine/contract';
import { formatLacks } from '../../statemachine/lacks';
import { printable } from '../../statemachine/printable';
import { writesNothing } from '../../statemachine/writes-nothing';
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
  formatObjects,
  formatRate,
} from '../../wording/numbers';
import { loopCells } from './loop-cells';
import { nextStep } from './next-steps';
import { withOwnName } from './own-name';
import { describeCost, describeDifference, describeRefusal, isDifferent, renderPlan, sampleLines } from './plan';
import { renderTable } from './table';

type Stream = NodeJS.WriteStream;

/**
 * A run's summary for people: what happened in each phase, time and cost, and what to do after a failure.
 *
 * @param plan  what a plan found, in the place of its counters
 */
export function renderSummary(summary: RunSummary, stream: Stream, plan?: PlanDigest): string {
  const notes = formatNotes(summary).map((note) => wrap(note, stream));
  const lacks = wrap(formatLacks(summary.lacks) ?? '', stream);
  const table = plan ? renderPlan(summary, plan, stream) : phaseTable(summary, stream);
  const refusal = plan ? wrap(describeRefusal(summary), stream) : '';
  const parts = [headline(summary, stream), table, ...notes, facts(summary, stream, plan), lacks, refusal];
  if (summary.error) parts.push(failure(summary.error, countFailed(summary), stream));
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What `check` has found. */
export function renderCheck(summary: RunSummary, stream: Stream, plan?: PlanDigest): string {
  if (summary.error) return renderSummary(summary, stream);
  const isEqual = !isDifferent(summary);
  const mark = isEqual ? styleText('green', '✔', { stream }) : styleText('red', '✖', { stream });
  const title = styleText('bold', isEqual ? 'Equal' : 'Different', { stream });
  const lines = plan
    ? sampleLines(plan)
        .map((line) => `    ${line}`)
        .join('\n')
    : '';
  const parts = [
    `${mark} ${title}\n  ${describeDifference(summary)}`,
    lines,
    ...formatNotes(summary),
    facts(summary, stream),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** Somebody has ended the run. */
const STOPPED = ['InterruptedError', 'NotConfirmedError'];

function headline(summary: RunSummary, stream: Stream): string {
  const time = formatDuration(summary.elapsedMs);
  if (summary.error) {
    const cross = styleText('red', '✖', { stream });
    const ended = STOPPED.includes(summary.error.name) ? 'was stopped' : 'failed';
    const nothing = hasWritten(summary) ? '' : ', nothing was written';
    return `${cross} ${styleText('bold', `The run ${ended} after ${time}${nothing}`, { stream })}\n  ${outcome(summary)}`;
  }
  const tick = styleText('green', '✔', { stream });
  const done = isPlan(summary) ? `Planned in ${time}, nothing was written` : `Mirrored in ${time}`;
  return `${tick} ${styleText('bold', done, { stream })}\n  ${outcome(summary)}`;
}

/** `1,204 objects copied (34.5 MB), 214 deleted, 11,196 already the same` */
function outcome(summary: RunSummary): string {
  const { copied, copiedBytes, overwritten = 0, unchanged, failed: notCopied, waiting = 0 } = sum(summary, 'copy');
  const { deleted, failed: notDeleted } = sum(summary, 'delete');
  const failed = notCopied + notDeleted;
  const verb = isPlan(summary) ? 'to be ' : '';
  const parts = [
    copied > 0 && `${formatObjects(copied)} ${verb}copied (${formatBytes(copiedBytes)}${ofThese(overwritten)})`,
    deleted > 0 && `${formatCount(deleted)} ${verb}deleted`,
    copied === 0 && deleted === 0 && `nothing ${verb}copied or deleted`,
    unchanged > 0 && `${formatCount(unchanged)} already the same`,
    waiting > 0 && `${formatCount(waiting)} waiting to be restored`,
    failed > 0 && `${formatCount(failed)} failed`,
  ];
  return parts.filter(Boolean).join(', ');
}

function ofThese(overwritten: number): string {
  return overwritten > 0 ? `, ${formatCount(overwritten)} overwritten` : '';
}

/** One loop: what became of each object, or of a plan what would become of it. */
function sum(summary: RunSummary, loop: 'copy' | 'delete'): Counters {
  return totalsOfLoop({ phases: summary.phases, plan: summary.keptPlan, dryRun: isPlan(summary) }, loop);
}

/** Summaries of older versions do not have this field. */
function hasWritten({ wrote, phases }: RunSummary): boolean {
  return wrote ?? phases.some(({ name }) => !writesNothing(name));
}

/** Whether it shows what would be done: somebody asked for that, or the run ended before it wrote anything. */
function isPlan({ input, phases, error }: RunSummary): boolean {
  const asked = (input as { dryRun?: unknown } | null)?.dryRun === true;
  return asked || (error !== undefined && phases.length > 0 && phases.every(({ name }) => writesNothing(name)));
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
function facts(summary: RunSummary, stream: Stream, plan?: PlanDigest): string {
  const { elapsedMs, estimatedCostUsd, totals, where, report } = summary;
  const notIncluded = formatNotIncluded(estimatedCostUsd);
  const [price, left] = plan
    ? describeCost(plan)
    : [formatCost(estimatedCostUsd), notIncluded && `not included: ${notIncluded}`];
  const pairs = [
    ['Speed', formatRate(sum(summary, 'copy'), sum(summary, 'delete'), elapsedMs)],
    ['Requests', formatAmounts(totals.requests, formatCount)],
    [plan ? 'Run costs' : 'On AWS', price],
    ['', left],
    ['Where', where && printable(formatPlace(where))],
    ['Lock', formatLock(summary.input)],
    ['Report', report && `${report}report.html`],
  ];
  // if no phase was reached, there is no speed and no price
  const shown = pairs.filter(([name, value]) => value && (summary.phases.length > 0 || name === 'Report'));
  return shown.map(([name = '', value]) => `  ${styleText('dim', name.padEnd(9), { stream })} ${value}`).join('\n');
}

function failure({ name, message, keys }: RunError, failed: number, stream: Stream): string {
  const lines = [wrap(`${styleText('red', printable(name), { stream })}: ${printable(message)}`, stream)];
  lines.push(...keys.map((key) => `  ${printable(JSON.stringify(key))}`));
  if (keys.length > 0 && failed > keys.length) lines.push(`  and ${formatCount(failed - keys.length)} more`);
  const next = nextStep(name);
  if (next !== '') lines.push(wrap(`${styleText('bold', 'What to do', { stream })}: ${next}`, stream));
  return lines.join('\n');
}

/** Breaks lines at spaces. A terminal would break them anywhere. */
function wrap(text: string, { isTTY, columns }: Stream): string {
  return isTTY ? new Help().boxWrap(withOwnName(text), columns) : text;
}
