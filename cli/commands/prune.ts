import type { Prunable, PruneRule } from '../../local/prune';
import { ENVIRONMENT, NOWHERE } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { printable } from '../../statemachine/printable';
import { formatBytes, formatCount } from '../../wording/numbers';
import { ask, hasTerminal } from '../input/ask';
import { homeFolder, reportLocation } from '../input/report-location';
import { print, printJson, printNote } from '../output/output';
import { shortId } from '../output/short-id';
import { renderTable } from '../output/table';

interface PruneOptions {
  readonly keep?: number;
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly reportLocation?: string;
}

/** How many reports stay by default. */
const KEPT = 30;

/** `bucketsync prune`: removes old reports of this machine. @returns the exit code */
export async function pruneCommand(options: PruneOptions): Promise<number> {
  const location = folderOf(options);
  const { findPrunable, removeReport } = await import('../../local/prune');
  const runs = await findPrunable(location, ruleOf(options));
  const isAgreed = runs.length > 0 && (await agree(runs, options));
  if (isAgreed) for (const { runId } of runs) await removeReport(location, runId);
  if (options.json) printJson({ removed: isAgreed, runs: runs.map(describe) });
  else print(`${conclude(runs, isAgreed)}\n`);
  return 0;
}

function ruleOf({ keep, olderThan }: PruneOptions): PruneRule {
  if (keep === undefined && olderThan === undefined) return { keep: KEPT };
  return { ...(keep !== undefined && { keep }), ...(olderThan !== undefined && { olderThanMs: olderThan }) };
}

/** @throws InvalidInputError  reports are in a bucket */
function folderOf({ reportLocation: option }: PruneOptions): string {
  const location = reportLocation(option ?? (process.env[ENVIRONMENT.reportLocation] || undefined), homeFolder());
  if (location.startsWith('file:')) return location;
  const what = location === NOWHERE ? 'there is no home folder' : location;
  throw new InvalidInputError(
    `Expected reports in a folder, got ${what}. In a bucket, let a lifecycle rule expire what is below runs/`,
  );
}

/** Shows what would go, and asks. Without a terminal, only `--yes` agrees. */
async function agree(runs: readonly Prunable[], { yes, json }: PruneOptions): Promise<boolean> {
  if (yes) return true;
  if (json) return false;
  print(`${renderRuns(runs)}\n`);
  if (!hasTerminal()) return false;
  const answer = await ask(`Remove ${describeAll(runs)}? [y/N] `).catch(() => 'no');
  const isAgreed = /^y(es)?$/i.test(answer);
  printNote(isAgreed ? 'yes\n' : 'no\n');
  return isAgreed;
}

function conclude(runs: readonly Prunable[], isAgreed: boolean): string {
  if (runs.length === 0) return 'Nothing to remove';
  return isAgreed ? `Removed ${describeAll(runs)}` : `Nothing was removed. To remove ${describeAll(runs)}, add --yes`;
}

function describeAll(runs: readonly Prunable[]): string {
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  return `${formatCount(runs.length)} ${runs.length === 1 ? 'report' : 'reports'} (${formatBytes(bytes)})`;
}

function describe({ runId, summary, bytes }: Prunable) {
  return { runId, ...(summary && { startedAt: summary.startedAt, status: summary.status }), bytes };
}

function renderRuns(runs: readonly Prunable[]): string {
  const rows = runs.map(({ runId, summary, bytes }) => [
    printable(shortId(runId)),
    summary?.startedAt.replace(/\.\d+Z$/, 'Z') ?? '',
    summary?.status ?? 'unfinished',
    formatBytes(bytes),
  ]);
  return renderTable(process.stdout, ['run', 'started', 'outcome', 'bytes'], rows, 3);
}
