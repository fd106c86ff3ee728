import type { RunSummary } from '../statemachine/contract';
import { ERROR_NAMES } from '../statemachine/errors';
import { printableLine } from '../statemachine/printable';
import { cut } from './cut';
import { nextSteps } from './next-steps';
import { formatCost, formatDuration } from './numbers';
import { runInShort } from './run-in-short';
import { formatRunbook } from './runbook';
import { shellWord } from './shell-word';

/** SNS allows less than 100 characters. */
const LONGEST_SUBJECT = 99;
/** Of the name of a mirror in a subject that is too long. */
const SHORTEST_NAME = 24;
const LONGEST_LINE = 1_000;
const MOST_WARNINGS = 2;

export interface MessageFacts {
  readonly executionArn: string;
  /** Where the mirror writes. Undefined: the input does not say. */
  readonly mirror: string | undefined;
  /** S3's code for most of the objects that failed, if it is known. */
  readonly code: string | undefined;
  /** Address of the runbook. */
  readonly runbook: string | undefined;
}

/** A message about a run that has ended: at most ten lines, the first of which says how. */
export function formatRunMessage(summary: RunSummary, facts: MessageFacts): { subject: string; text: string } {
  const { error, report, warnings = [], estimatedCostUsd, elapsedMs } = summary;
  const told = [formatDuration(elapsedMs), formatCost(estimatedCostUsd)].filter(Boolean).join(', ');
  const lines = [
    headline(summary, facts, facts.mirror),
    '',
    ...(error ? failureLines(summary, facts) : []),
    ...warnings.slice(0, MOST_WARNINGS).map(({ message }) => `Warning: ${message}`),
    report === undefined ? '' : `Report: ${report}report.html`,
    error ? `Runbook: ${formatRunbook(sectionOf(error.name), facts.runbook)}` : '',
    `Execution: ${facts.executionArn} (${told})`,
  ];
  const shown = lines.filter((line, index) => line !== '' || index === 1);
  return {
    subject: subjectOf(summary, facts),
    text: `${shown.map((line) => cut(printableLine(line), LONGEST_LINE)).join('\n')}\n`,
  };
}

function headline(summary: RunSummary, { code }: MessageFacts, mirror: string | undefined): string {
  const name = mirror === undefined ? '' : ` ${mirror}`;
  return `bucketsync ${endOf(summary)}${name}: ${runInShort(summary, code)}`;
}

function endOf({ error, input, status }: RunSummary): string {
  if (status === 'held') return 'HELD';
  if (error) return 'FAILED';
  return (input as { readonly dryRun?: unknown } | null)?.dryRun === true ? 'PLANNED' : 'SUCCEEDED';
}

function failureLines(summary: RunSummary, { executionArn }: MessageFacts): string[] {
  const about = (verb: string, ...more: readonly string[]) =>
    ['bucketsync', verb, executionArn, ...more].map(shellWord).join(' ');
  const { advice, commands } = nextSteps(summary, about, 'isTold');
  const [first] = commands;
  const look = first ?? (summary.report === undefined ? undefined : { purpose: 'All of it', command: about('report') });
  const shown = first ? commands : [look].filter((command) => command !== undefined);
  return [
    `What it means: ${summary.error?.message ?? ''}`,
    advice === '' ? '' : `What to do: ${advice}`,
    ...shown.map(({ purpose, command }) => `  ${purpose}: ${command}`),
  ];
}

const NOT_OURS = 'Timeout, and other names without "Error" at their end';

function sectionOf(error: string): string {
  return [...ERROR_NAMES, 'EndpointError'].includes(error) ? error : NOT_OURS;
}

/** ASCII without line breaks. If it is too long, the name of the mirror is shortened first, then the end. */
function subjectOf(summary: RunSummary, facts: MessageFacts): string {
  const whole = toAscii(headline(summary, facts, facts.mirror));
  const tooMany = whole.length - LONGEST_SUBJECT;
  const { mirror } = facts;
  if (tooMany <= 0 || mirror === undefined) return cut(whole, LONGEST_SUBJECT, '...');
  const name = cut(mirror, Math.max(SHORTEST_NAME, mirror.length - tooMany), '...');
  return cut(toAscii(headline(summary, facts, name)), LONGEST_SUBJECT, '...');
}

function toAscii(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}
