import { stripVTControlCharacters } from 'node:util';
import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import { type KnownRun, readRunsIn } from '../../local/read-report';
import { ENVIRONMENT, NOWHERE, type RunSummary } from '../../statemachine/contract';
import { printable } from '../../statemachine/printable';
import { formatBytes, formatCount, formatDuration } from '../../wording/numbers';
import { formatS3Url } from '../../wording/s3-url';
import { type ElsewhereOptions, elsewhere, isNamed, isNotThere, mayBeDeployed } from '../deployed/named-run';
import { homeFolder, reportLocation } from '../input/report-location';
import { adoptEnvironment, runEnvironment } from '../input/run-environment';
import { print, printJson, printNote } from '../output/output';
import { shortId } from '../output/short-id';
import { renderTable } from '../output/table';

interface RunsOptions extends ElsewhereOptions {
  readonly limit: number;
  readonly reportLocation?: string;
  readonly json?: boolean;
}

/** A run in the output of `--json`. */
interface PastRun {
  readonly runId: string;
  readonly place: 'here' | 'AWS';
  /** Of a run in AWS. */
  readonly executionArn?: string;
  /** `running`, `succeeded`, `failed`; in AWS also `timed out`, `aborted`, `pending redrive`; here `unfinished`: it runs, or was killed. */
  readonly status: string;
  /** ISO 8601. Absent: it has left no summary. */
  readonly startedAt?: string;
  readonly elapsedMs?: number;
  readonly input?: unknown;
  readonly totals?: RunSummary['totals'];
  readonly error?: RunSummary['error'];
}

/** `bucketsync runs`: the newest runs, here and in AWS. @returns the exit code */
export async function runsCommand(options: RunsOptions): Promise<number> {
  const deployed = await listDeployed(options);
  const all = [...(await listHere(options)), ...deployed.runs];
  const runs = all.sort((a, b) => timeOf(b) - timeOf(a)).slice(0, options.limit);
  const { stateMachineArn } = deployed;
  if (options.json) printJson({ ...(stateMachineArn !== undefined && { stateMachineArn }), runs });
  else print(`${runs.length === 0 ? 'No run yet' : renderRuns(runs, process.stdout.columns)}\n`);
  return 0;
}

/** A run without a time is running, and counts as the newest. */
function timeOf({ startedAt }: PastRun): number {
  return startedAt === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(startedAt);
}

async function listHere(options: RunsOptions): Promise<PastRun[]> {
  const given = options.reportLocation ?? (process.env[ENVIRONMENT.reportLocation] || undefined);
  const location = reportLocation(given, homeFolder());
  if (location === NOWHERE) return [];
  // a folder requires no credentials
  if (location.startsWith('s3:')) adoptEnvironment(await runEnvironment(process.env, options));
  return (await readRunsIn(location)).map(describeHere);
}

function describeHere({ runId, summary }: KnownRun): PastRun {
  if (!summary) return { runId, place: 'here', status: 'unfinished' };
  const { status, startedAt, elapsedMs, input, totals, error } = summary;
  return { runId, place: 'here', status, startedAt, elapsedMs, input, totals, ...(error && { error }) };
}

interface DeployedRuns {
  readonly stateMachineArn?: string;
  readonly runs: readonly PastRun[];
}

/** Without a deployed stack, or without credentials for it, only the runs of this machine are shown. */
async function listDeployed(options: RunsOptions): Promise<DeployedRuns> {
  // if the user has named an endpoint or a profile, an error about it must not be hidden
  const isAsked = isNamed(options) || options.endpointUrl !== undefined || options.profile !== undefined;
  if (!isAsked && !mayBeDeployed(options)) return { runs: [] };
  try {
    return await readDeployed(options);
  } catch (error) {
    if (isAsked) throw error;
    if (!isNotThere(error, options)) printNote(`Runs in AWS are not listed: ${printable((error as Error).message)}\n`);
    return { runs: [] };
  }
}

async function readDeployed(options: RunsOptions): Promise<DeployedRuns> {
  const [{ listExecutions }, { findStateMachine }] = await Promise.all([
    import('../deployed/executions'),
    import('../deployed/state-machine'),
  ]);
  const stateMachine = await findStateMachine(elsewhere(options));
  const executions = await listExecutions(stateMachine, { maxResults: options.limit });
  const { readEndedRun } = await import('../deployed/ended-run');
  const { isUnseen } = await import('../deployed/patience');
  const runs: PastRun[] = [];
  // one after the other, because DescribeExecution is limited to about 15 per second
  for (const execution of executions) {
    const { executionArn: arn = '' } = execution;
    const summary = await readEndedRun({ arn, stateMachine }).catch((error: unknown) => {
      if (!isUnseen(error)) throw error;
      return undefined; // the list already has it, so it has just begun
    });
    runs.push(describeDeployed(execution, summary));
  }
  return { stateMachineArn: stateMachine.arn, runs };
}

function describeDeployed(item: ExecutionListItem, summary: RunSummary | undefined): PastRun {
  const { executionArn = '', name = '', status = '', startDate = new Date(0), stopDate = new Date() } = item;
  return {
    runId: name,
    place: 'AWS',
    executionArn,
    status: status.toLowerCase().replaceAll('_', ' '),
    startedAt: startDate.toISOString(),
    elapsedMs: stopDate.getTime() - startDate.getTime(),
    ...(summary && { input: summary.input, totals: summary.totals }),
    ...(summary?.error && { error: summary.error }),
  };
}

const HEADINGS = ['run', 'started', 'place', 'what', 'outcome', 'took', 'copies', 'bytes', 'deletes', 'failures'];
const WORDS = 5;

/** @param columns  of the terminal; by default it is none */
export function renderRuns(runs: readonly PastRun[], columns = Number.POSITIVE_INFINITY): string {
  const rows = runs.map((run) => {
    const { runId, startedAt, place, elapsedMs, totals } = run;
    return [
      printable(shortId(runId)),
      startedAt?.replace(/\.\d+Z$/, 'Z') ?? '',
      place,
      printable(describeWhat(run)),
      printable(describeOutcome(run)),
      elapsedMs === undefined ? '' : formatDuration(elapsedMs),
      totals ? formatCount(totals.copied) : '',
      totals ? formatBytes(totals.copiedBytes) : '',
      totals ? formatCount(totals.deleted) : '',
      totals ? formatCount(totals.failed) : '',
    ];
  });
  const table = renderTable(process.stdout, HEADINGS, rows, WORDS);
  const width = Math.max(
    ...stripVTControlCharacters(table)
      .split('\n')
      .map((line) => line.length),
  );
  // a line that breaks is harder to read than three short ones
  return width <= columns ? table : rows.map(renderBelow).join('\n');
}

const INDENT = ' '.repeat(12);
const PLAN = 'plan ';

/** A run on lines of its own, for a terminal that is too narrow for the table. */
function renderBelow(row: readonly string[]): string {
  const [run, started, place, what = '', outcome, took, copies, bytes, deletes, failures] = row;
  const ended = [outcome, took && `in ${took}`].filter(Boolean).join(' ');
  const [copied, deleted] = what.startsWith(PLAN) ? ['to copy', 'to delete'] : ['copied', 'deleted'];
  const counts = copies && `${copies} ${copied} (${bytes}), ${deletes} ${deleted}, ${failures} failed`;
  const lines = [[run, started, place, ended].filter(Boolean).join('  '), what, counts].filter(Boolean);
  return lines.map((line, index) => `${index === 0 ? '  ' : INDENT}${line}`).join('\n');
}

interface GivenInput {
  readonly source?: unknown;
  readonly prefix?: unknown;
  readonly destination?: unknown;
  readonly destinationPrefix?: unknown;
  readonly dryRun?: unknown;
}

/** `plan s3://a/ → s3://b/`. An input that was refused may hold anything. */
function describeWhat({ input }: PastRun): string {
  const { source, prefix = '', destination, destinationPrefix = prefix, dryRun } = (input ?? {}) as GivenInput;
  if (source === undefined || destination === undefined) return '';
  const [from, to] = [formatS3Url(`${source}`, `${prefix}`), formatS3Url(`${destination}`, `${destinationPrefix}`)];
  return `${dryRun === true ? PLAN : ''}${from} → ${to}`;
}

function describeOutcome({ status, error }: PastRun): string {
  return error && status === 'failed' ? error.name : status;
}
