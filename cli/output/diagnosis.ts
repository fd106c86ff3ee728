import { styleText } from 'node:util';
import type { Finding, State } from '../../local/doctor/finding';
import { printable, printableLine } from '../../statemachine/printable';
import { formatCount } from '../../wording/numbers';
import { shellWord } from '../../wording/shell-word';
import { wrap } from './wrap';

/** What the doctor has found. */
export interface Diagnosis {
  /** Of this command line. */
  readonly version: string;
  readonly subject: {
    readonly stack?: string;
    readonly stateMachineArn?: string;
    readonly source?: string;
    readonly destination?: string;
  };
  readonly findings: readonly Finding[];
}

const MARKS: Readonly<Record<State, readonly [mark: string, colour: 'green' | 'yellow' | 'red' | 'dim']>> = {
  ok: ['✓', 'green'],
  warning: ['!', 'yellow'],
  failure: ['✗', 'red'],
  unchecked: ['?', 'dim'],
};

/** Names in the sums. */
const COUNTED: Readonly<Record<State, readonly [one: string, many: string]>> = {
  failure: ['failure', 'failures'],
  warning: ['warning', 'warnings'],
  unchecked: ['not checked', 'not checked'],
  ok: ['ok', 'ok'],
};

const WORST_FIRST = ['failure', 'warning', 'unchecked'] as const;

const INDENT = 4;

/** The findings by bucket and stack: a line for each, and below it the commands that repair it. */
export function renderDiagnosis({ findings, subject }: Diagnosis, stream: NodeJS.WriteStream): string {
  const stack = subject.stack ?? subject.stateMachineArn;
  const groups = Map.groupBy(findings, ({ check, about }) => (check.startsWith(OF_STACK) ? stack : about) ?? about);
  const sections = [...groups].map(([about, own]) => {
    const title = styleText('bold', printableLine(about), { stream });
    return [title, ...own.map((finding) => renderFinding(finding, about, stream))].join('\n');
  });
  return [...sections, describeCounts(findings)].join('\n\n');
}

const OF_STACK = 'stack.';

/** @param title  of the section; its lines do not repeat it */
function renderFinding(
  { check, about, state, says, commands = [] }: Finding,
  title: string,
  stream: NodeJS.WriteStream,
) {
  const [mark, colour] = MARKS[state];
  const name = check
    .slice(check.indexOf('.') + 1)
    .replaceAll('-', ' ')
    .replace('tls', 'TLS');
  const what = about === title ? name : `${name} ${printableLine(about)}`;
  const text = wrap(`${what}: ${printableLine(says)}`, stream, INDENT);
  const lines = commands.map((words) => `${' '.repeat(INDENT + 2)}${printable(toLine(words))}`);
  return [`  ${styleText(colour, mark, { stream })} ${text}`, ...lines].join('\n');
}

function describeCounts(findings: readonly Finding[]): string {
  const counts = countStates(findings);
  const parts = Object.entries(COUNTED).flatMap(([state, [one, many]]) => {
    const count = counts[state as State];
    return count === 0 ? [] : [`${formatCount(count)} ${count === 1 ? one : many}`];
  });
  return parts.join(', ');
}

function countStates(findings: readonly Finding[]): Record<State, number> {
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  return { ok: count('ok'), warning: count('warning'), failure: count('failure'), unchecked: count('unchecked') };
}

/** A command to paste into a shell. */
function toLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}

/** What `--json` prints; docs/doctor.md describes it. */
export interface DiagnosisDocument {
  readonly version: string;
  readonly result: State;
  readonly counts: Readonly<Record<State, number>>;
  readonly findings: readonly FindingDocument[];
}

export interface FindingDocument extends Omit<Finding, 'commands'> {
  /** To paste into a shell. */
  readonly commands: readonly string[];
}

export function toDocument({ version, subject, findings }: Diagnosis): DiagnosisDocument {
  const counts = countStates(findings);
  return {
    version,
    ...subject,
    result: WORST_FIRST.find((state) => counts[state] > 0) ?? 'ok',
    counts,
    findings: findings.map(({ check, about, state, says, commands = [] }) => {
      return { check, about, state, says, commands: commands.map(toLine) };
    }),
  };
}
