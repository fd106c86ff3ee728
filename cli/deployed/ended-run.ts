import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { type RunError, type RunSummary, totalsOf } from '../../statemachine/contract';
import { writesNothing } from '../../statemachine/writes-nothing';
import { describeExecution, type Execution, runId } from './executions';
import { HistoryReader } from './history-reader';
import type { ObservedRun } from './observed-run';
import type { Clock } from './patience';

/**
 * The summary of a run that has ended. If the run was stopped, timed out or lost its last state, it wrote none. Then the
 * summary comes from the history.
 */
export function summarise(execution: Execution, ended: DescribeExecutionOutput, run: ObservedRun): RunSummary {
  const written = readSummary(ended.output) ?? run.summary;
  if (written) return written;
  const phases = run.phases.map(({ name, copy, delete: deletes }) => ({
    name,
    copy: copy.counters,
    delete: deletes.counters,
  }));
  return {
    runId: runId(execution),
    status: 'failed',
    startedAt: (ended.startDate ?? new Date(0)).toISOString(),
    input: JSON.parse(ended.input ?? 'null'),
    phases,
    totals: totalsOf({ phases, plan: run.plan, dryRun: run.dryRun }),
    wrote: phases.some(({ name }) => !writesNothing(name)),
    elapsedMs: elapsedMs(ended),
    estimatedCostUsd: { total: 0, items: {} },
    error: describeEnd(ended),
  };
}

/** The summary of a run, or undefined while it is active. */
export async function readEndedRun(execution: Execution, clock?: Clock): Promise<RunSummary | undefined> {
  const described = await describeExecution(execution);
  if (described.status === 'RUNNING' || described.status === 'PENDING_REDRIVE') return undefined;
  const written = readSummary(described.output);
  if (written) return written;
  const history = new HistoryReader(execution);
  await history.readToEnd(clock);
  return summarise(execution, described, history.run);
}

/** Milliseconds. For an active run: until now. */
export function elapsedMs({ startDate, stopDate }: { readonly startDate?: Date; readonly stopDate?: Date }): number {
  return (stopDate ?? new Date()).getTime() - (startDate ?? new Date()).getTime();
}

function readSummary(output: string | undefined): RunSummary | undefined {
  const parsed = JSON.parse(output || 'null') as Partial<RunSummary> | null;
  return parsed?.runId === undefined ? undefined : (parsed as RunSummary);
}

function describeEnd({ status, error, cause }: DescribeExecutionOutput): RunError {
  if (status === 'ABORTED') {
    const message = `The execution was stopped${cause ? ` (${cause})` : ''}. Functions that were running finish what they have begun`;
    return { name: 'InterruptedError', message, keys: [] };
  }
  return { name: error ?? status ?? 'Error', message: cause ?? 'The execution ended without a summary', keys: [] };
}
