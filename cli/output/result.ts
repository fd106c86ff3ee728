import type { RunSummary } from '../../statemachine/contract';
import { print, printJson, printJsonLine, printNote } from './output';
import { renderWarnings } from './summary';

/** How somebody wants to see what a command does. */
export interface OutputOptions {
  /** One document at the end. */
  readonly json?: boolean;
  /** A line for each event, the last one with the summary. */
  readonly jsonLines?: boolean;
  /** Nothing but errors. */
  readonly quiet?: boolean;
  /** Each action, and what each phase counted. */
  readonly verbose?: boolean;
  readonly progress?: 'auto' | 'live' | 'lines' | 'json' | 'none';
}

/** Prints how a run ended. @param more  fields that the documents have beyond the summary */
export async function printResult(
  summary: RunSummary,
  { json, jsonLines, quiet }: OutputOptions,
  render: () => string | Promise<string>,
  more: object = {},
): Promise<void> {
  if (jsonLines) printJsonLine({ type: 'summary', time: new Date().toISOString(), summary: { ...summary, ...more } });
  else if (json) printJson({ ...summary, ...more });
  else if (!quiet || summary.error) print(await render());
  else if (summary.warnings) printNote(`${renderWarnings(summary, process.stderr)}\n`);
}
