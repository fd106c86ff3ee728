import {
  addCounters,
  type CaughtError,
  type Counters,
  emptyCounters,
  type FinishedPhase,
  type FinishRunInput,
  type ReportLine,
  type RunError,
  type RunSummary,
} from '../../statemachine/contract';
import { allOf } from './all-of';
import { mayHaveLeftWork } from './caught-errors';
import { compareKeys } from './compare-keys';
import { estimateCost } from './estimate-cost';
import type { Host } from './host';
import { readFailures, runFolder } from './report';
import { renderReportPage } from './report-page';
import { releaseLock } from './run-lock';

const KEYS_IN_ERROR = 10;
const FAILURES_ON_PAGE = 100;

/** Task `FinishRun`: writes summary and page beside the report's lines, releases the lock, and returns the summary. */
export async function finishRun(task: FinishRunInput, host: Host): Promise<RunSummary> {
  const { state } = task;
  if (!('run' in state)) return refusedRun(task, state, host);
  const { run, done } = state;
  const failures = state.error ? await readFailures(host.runStore, run.id, FAILURES_ON_PAGE) : [];
  const error = state.error && describeError(state.error, failures);
  const folder = runFolder(run.id);
  const summary: RunSummary = {
    runId: run.id,
    status: error ? 'failed' : 'succeeded',
    input: run.input,
    phases: done.map(({ name, copy, delete: deletes }) => ({ name, copy: copy.counters, delete: deletes.counters })),
    totals: addUp(run.input.dryRun ? done : done.filter(isWriting)),
    elapsedMs: host.now() - Date.parse(run.startedAt),
    estimatedCostUsd: estimateCost(done, deployedMemory(run, host)),
    report: host.runStore.locate(`${folder}/`),
    ...(error && { error }),
  };
  await allOf([
    host.runStore.put(`${folder}/summary.json`, `${JSON.stringify(summary, undefined, 2)}\n`),
    host.runStore.put(`${folder}/report.html`, renderReportPage({ run, summary, failures })),
  ]);
  const brokeOff = state.error !== undefined && mayHaveLeftWork(state.error);
  await releaseLock(run.input, run.executionId, host, brokeOff);
  return summary;
}

/** `ValidateInput` did not let the run begin: there is no phase, no report and no lock. */
function refusedRun(task: FinishRunInput, caught: CaughtError, host: Host): RunSummary {
  return {
    runId: task.executionName,
    status: 'failed',
    input: task.executionInput,
    phases: [],
    totals: emptyCounters(),
    elapsedMs: host.now() - Date.parse(task.startedAt),
    estimatedCostUsd: estimateCost([], deployedMemory(task, host)),
    error: { name: nameOf(caught), message: messageOf(caught), keys: [] },
  };
}

/** A guard's plan and a verify phase do the same work once more, so they are not added up; the plan of a dry run is. */
function isWriting({ name }: FinishedPhase): boolean {
  return name !== 'plan' && name !== 'verify';
}

/** The local runner's ids are no ARNs: it costs no Lambda. */
function deployedMemory({ executionId }: { readonly executionId: string }, host: Host): number | undefined {
  return executionId.startsWith('arn:') ? host.rangeMemoryMib : undefined;
}

function addUp(phases: readonly FinishedPhase[]): Counters {
  return phases
    .flatMap(({ copy, delete: deletes }) => [copy.counters, deletes.counters])
    .reduce(addCounters, emptyCounters());
}

function describeError(caught: CaughtError, failures: readonly ReportLine[]): RunError {
  const keys = failures.slice(0, KEYS_IN_ERROR).map(({ key }) => key);
  return { name: nameOf(caught), message: messageOf(caught), keys: keys.sort(compareKeys) };
}

/** A Fail state may not have Step Functions' own names: `States.Timeout` becomes `Timeout`. */
function nameOf({ Error: name }: CaughtError): string {
  return name.replace(/^States\./, '');
}

/** Lambda wraps a handler's error into JSON; the local runner hands its message on as it is. */
function messageOf({ Error: name, Cause: given }: CaughtError): string {
  const cause = given || `${name}: Step Functions gave no cause`;
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
