import { styleText } from 'node:util';
import type { FailureGroup } from '../../local/sum-failures';
import { countFailed, type RunError, type RunSummary } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import { type CommandAbout, nextSteps } from '../../wording/next-steps';
import { formatCount } from '../../wording/numbers';
import { inFlags } from './flag-words';
import { shortId } from './short-id';
import { wrap } from './wrap';

type Stream = NodeJS.WriteStream;

/** What is known beyond a summary about a run that failed. */
export interface FailureDetails {
  /** By reason. Absent: the summary's own keys are shown. */
  readonly failures?: readonly FailureGroup[];
  readonly about?: CommandAbout;
}

/** Why a run failed, in which objects, and what to do. */
export function renderFailure(summary: RunSummary, error: RunError, stream: Stream, details: FailureDetails): string {
  const { failures = [], about } = details;
  // the groups say it
  const message = failures.length > 0 ? error.message.replace('. The report says why for each key', '') : error.message;
  const lines = [describeError({ ...error, message }, stream)];
  lines.push(...(failures.length > 0 ? groupLines(failures, stream) : keyLines(error, countFailed(summary))));
  const { advice, commands } = nextSteps(summary, about ?? aboutHere(summary));
  if (advice !== '') lines.push(whatToDo(advice, stream));
  lines.push(...commands.map(({ purpose, command }) => `  ${purpose}:\n    ${printable(command)}`));
  return lines.join('\n');
}

/** Commands about a run of this machine. */
function aboutHere({ runId }: RunSummary): CommandAbout {
  return (verb, ...more) => ['bucketsync', verb, shortId(runId), ...more].join(' ');
}

/** @param text  advice for people */
export function whatToDo(text: string, stream: Stream): string {
  return wrap(`${styleText('bold', 'What to do', { stream })}: ${text}`, stream);
}

function describeError({ name, message }: Pick<RunError, 'name' | 'message'>, stream: Stream): string {
  return wrap(`${styleText('red', printable(name), { stream })}: ${printable(forPeople(message))}`, stream);
}

/** A message in the words of the command line, with policies over several lines. */
export function forPeople(message: string): string {
  return inFlags(message).replace(/ ?(\[\{"Effect":.*\}\])/s, (whole, statements: string) => {
    try {
      return `\n${JSON.stringify(JSON.parse(statements), null, 2)}\n`;
    } catch {
      return whole;
    }
  });
}

function keyLines({ keys }: RunError, failed: number): string[] {
  const lines = keys.map((key) => `  ${describeKey(key)}`);
  return keys.length > 0 && failed > keys.length
    ? [...lines, `  … and ${formatCount(failed - keys.length)} more`]
    : lines;
}

function groupLines(groups: readonly FailureGroup[], stream: Stream): string[] {
  const width = Math.max(...groups.map(({ objects }) => formatCount(objects).length));
  const indent = width + 4;
  return groups.flatMap(({ objects, keys, ...group }) => {
    const more = objects > keys.length ? [`… and ${formatCount(objects - keys.length)} more`] : [];
    const why = wrap(printable(describeReason(group)), stream, indent);
    return [
      `  ${formatCount(objects).padStart(width)}  ${why}`,
      ...[...keys.map(describeKey), ...more].map((line) => `${' '.repeat(indent)}${line}`),
    ];
  });
}

/** `access-denied: User … is not authorized`. S3's code is left out if it says the same. */
function describeReason({ action, reason, error }: Pick<FailureGroup, 'action' | 'reason' | 'error'>): string {
  const message = error.replace(/^(\w+): /, (code, name: string) =>
    name.toLowerCase() === reason.replaceAll('-', '') ? '' : code,
  );
  return `${action === 'copy' ? '' : `${action}, `}${reason}: ${inFlags(message)}`;
}

function describeKey(key: string): string {
  return printable(JSON.stringify(key));
}
