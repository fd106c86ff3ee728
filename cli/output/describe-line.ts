import type { ReportLine } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import { inFlags } from './flag-words';
import { describeAction } from './plan';

/** One object, as `plan --keys` shows it: `+` new, `~` overwritten, `-` deleted, `✖` failed, `=` left alone. */
export function describeLine(line: ReportLine): string {
  const { action, outcome, key, reason, error } = line;
  if (outcome === 'failed') return `✖ ${shownKey(key)} (${action}, ${reason}): ${printable(inFlags(error ?? ''))}`;
  if (action === 'copy' || action === 'delete') return describeAction(line);
  return `= ${shownKey(key)} (${action === 'compare' ? 'differs' : action}, ${reason})`;
}

function shownKey(key: string): string {
  return printable(JSON.stringify(key));
}
