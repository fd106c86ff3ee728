import type { ExecutionListItem } from '@aws-sdk/client-sfn';
import type { RunSummary } from '../../statemachine/contract';
import { formatBytes, formatCount, formatDuration } from '../../wording/numbers';
import { elapsedMs, readEndedRun } from '../deployed/ended-run';
import { listExecutions } from '../deployed/executions';
import { isUnseen } from '../deployed/patience';
import { findStateMachine, type StateMachine, type StateMachineOptions } from '../deployed/state-machine';
import { print, printJson } from '../output/output';
import { renderTable } from '../output/table';

interface HistoryOptions extends StateMachineOptions {
  readonly limit: number;
  readonly json?: boolean;
}

/** A run in the output of `--json`. */
interface PastRun {
  readonly runId: string;
  readonly executionArn: string;
  /** In Step Functions' words: `RUNNING`, `SUCCEEDED`, `FAILED`, `TIMED_OUT`, `ABORTED`, `PENDING_REDRIVE`. */
  readonly status: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly totals?: RunSummary['totals'];
  readonly error?: RunSummary['error'];
}

/** `bucketsync history`: the newest runs of the deployed state machine. @returns the exit code */
export async function historyCommand(options: HistoryOptions): Promise<number> {
  const stateMachine = await findStateMachine(options);
  const executions = await listExecutions(stateMachine, { maxResults: options.limit });
  const runs: PastRun[] = [];
  // one after the other, because DescribeExecution is limited to about 15 per second
  for (const execution of executions) runs.push(await readRun(execution, stateMachine));
  if (options.json) printJson({ stateMachineArn: stateMachine.arn, runs });
  else print(`${runs.length === 0 ? 'No run yet' : renderRuns(runs)}\n`);
  return 0;
}

async function readRun(item: ExecutionListItem, stateMachine: StateMachine): Promise<PastRun> {
  const { executionArn = '', name = '', status = '', startDate = new Date(0) } = item;
  const summary = await readEndedRun({ arn: executionArn, stateMachine }).catch((error: unknown) => {
    if (!isUnseen(error)) throw error;
    return undefined; // the list already has it, so it has just begun
  });
  return {
    runId: name,
    executionArn,
    status,
    startedAt: startDate.toISOString(),
    elapsedMs: elapsedMs(item),
    ...(summary && { totals: summary.totals }),
    ...(summary?.error && { error: summary.error }),
  };
}

const RUN_HEADINGS = ['run', 'started', 'status', 'took', 'copied', 'bytes', 'deleted', 'failed', 'error'];

function renderRuns(runs: readonly PastRun[]): string {
  const rows = runs.map(({ runId, startedAt, status, elapsedMs: took, totals, error }) => [
    runId,
    startedAt.replace(/\.\d+Z$/, 'Z'),
    status.toLowerCase().replaceAll('_', ' '),
    formatDuration(took),
    totals ? formatCount(totals.copied) : '',
    totals ? formatBytes(totals.copiedBytes) : '',
    totals ? formatCount(totals.deleted) : '',
    totals ? formatCount(totals.failed) : '',
    error?.name ?? '',
  ]);
  return renderTable(process.stdout, RUN_HEADINGS, rows, 3);
}
