import { createHash } from 'node:crypto';
import Mustache from 'mustache';
import { version } from '../../../package.json';
import type { EstimatedCost, ReportLine, Run, RunError, RunSummary } from '../../../statemachine/contract';
import { printable } from '../../../statemachine/printable';
import { formatLock } from '../../../wording/format-lock';
import { formatNotes } from '../../../wording/format-notes';
import { formatPlace } from '../../../wording/format-place';
import { formatAmounts, formatCount, formatDuration } from '../../../wording/numbers';
import { formatS3Url } from '../../../wording/s3-url';
import type { RunTally } from '../report/tally-file';
import { changedSettings } from './changed-settings';
import { groupFailures } from './failure-groups';
import { describeOutcome, failedObjects, isPlanned } from './headline';
import { nextCommands } from './next-commands';
import { SCRIPT } from './script';
import { describeCost, describeDifferences, describePhases, describeWork } from './sections';
import { STYLE } from './style';
import { makeTable } from './table';
import { CELL, PAGE, TABLE } from './template';

/** What the page shows. */
export interface ReportedRun {
  readonly run: Run;
  readonly summary: RunSummary;
  /** The first objects that failed, also in a plan or verify phase. The totals do not count those. */
  readonly failures: readonly ReportLine[];
  /** What the report adds up to. Absent: nothing happened to any object, or it could not be read. */
  readonly tally?: RunTally | undefined;
  /** What a run of this plan would cost. Absent: it is no plan. */
  readonly costOfRun?: EstimatedCost | undefined;
}

const MOST_FILES = 200;

/** A run's report for people: one HTML document, which needs nothing from the network, and whose script only sorts and searches. */
export function renderReportPage(reported: ReportedRun): string {
  const { run, summary, failures, tally, costOfRun } = reported;
  const { input } = run;
  const failed = failedObjects(summary, failures.length);
  const changed = changedSettings(input);
  const work = isPlanned(summary, input) ? tally?.plan : tally?.work;
  const view = {
    style: STYLE,
    styleHash: hashOf(STYLE),
    script: SCRIPT,
    scriptHash: hashOf(SCRIPT),
    from: formatS3Url(input.source, input.prefix),
    to: formatS3Url(input.destination, input.destinationPrefix),
    headline: describeOutcome(summary, input, failed, work),
    nothing: !summary.wrote && 'Nothing was written',
    error: summary.error && { name: summary.error.name, message: messageOf(summary.error, failures.length > 0) },
    notes: [...formatNotes(summary), ...(tally?.isIncomplete ? [INCOMPLETE] : [])],
    next: nextCommands(run, summary, failed),
    failed: failures.length > 0 && describeFailures(reported, failed),
    sections: [
      ...describeWork(work, isPlanned(summary, input)),
      ...describeDifferences(tally?.verify),
      ...describePhases(summary),
      ...describeCost(summary, costOfRun),
    ],
    lacking: summary.lacks !== undefined && { lacks: summary.lacks },
    changed: changed.length > 0 && makeTable('Settings that differ from their default', SETTING_COLUMNS, changed),
    input: JSON.stringify(input, undefined, 2),
    ...describeFiles(tally?.files ?? []),
    facts: describeFacts(run, summary),
  };
  // applied to the whole page, so that no field can be forgotten; the page's own text is not changed by it
  return printable(Mustache.render(PAGE, view, { table: TABLE, cell: CELL }));
}

/** @param hasReasons  the page says why, key by key */
function messageOf({ message }: RunError, hasReasons: boolean): string {
  return hasReasons ? message.replace('. The report says why for each key', '') : message;
}

const INCOMPLETE =
  'Some files of the report were not read for this page, so sums by reason, by folder and over time are too small';

const SETTING_COLUMNS = [
  { heading: 'setting', text: ({ name }: { name: string }) => name },
  { heading: 'value', text: ({ value }: { value: string }) => value, isKey: true },
];

/** For the page's own policy: a browser runs nothing else. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function describeFailures({ failures, tally }: ReportedRun, failed: number) {
  const isAll = failures.length >= failed;
  const { plan, work, verify } = tally ?? {};
  // the phases after a plan have decided everything again
  const sums = work || verify ? [...(work?.failures ?? []), ...(verify?.failures ?? [])] : plan?.failures;
  return {
    count: formatCount(failed),
    more: isAll ? '' : `${formatCount(failures.length)} are shown. Beside this page, failures/ has all of them.`,
    groups: groupFailures(failures, isAll, sums),
  };
}

function describeFiles(names: readonly string[]) {
  const files = ['summary.json', ...names.slice(0, MOST_FILES)];
  return {
    files: files.map((name) => ({ name, href: name.split('/').map(encodeURIComponent).join('/') })),
    moreFiles: names.length > MOST_FILES && `And ${formatCount(names.length - MOST_FILES)} more.`,
  };
}

function describeFacts(run: Run, summary: RunSummary) {
  const ended = new Date(Date.parse(run.startedAt) + summary.elapsedMs).toISOString();
  const facts = [
    { name: 'Run', value: run.id },
    { name: 'Where', value: summary.where && formatPlace(summary.where) },
    { name: 'Began', value: formatTime(run.startedAt), time: run.startedAt },
    { name: 'Ended', value: formatTime(ended), time: ended },
    { name: 'Took', value: formatDuration(summary.elapsedMs) },
    { name: 'Requests', value: formatAmounts(summary.totals.requests, formatCount) },
    { name: 'Lock', value: formatLock(run.input) },
    { name: 'Made by', value: `bucketsync ${version}` },
  ];
  return facts.filter(({ value }) => value).map((fact) => ({ time: '', ...fact }));
}

/** `28 November 2026, 23:40:12 UTC` */
function formatTime(iso: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'medium', timeZone: 'UTC' });
  return `${format.format(new Date(iso)).replace(' at ', ', ')} UTC`;
}
