import {
  addCounters,
  type CaughtError,
  type Counters,
  emptyCounters,
  type FinishedPhase,
  type FinishRunInput,
  type RunError,
  type RunState,
  type RunSummary,
} from '../../statemachine/contract';
import { ERROR_NAMES } from '../../statemachine/errors';
import { compareKeys } from './compare-keys';
import { estimateCost } from './estimate-cost';
import type { Host } from './host';
import { readFailures, runFolder } from './report';
import { releaseLock } from './run-lock';

const KEYS_IN_ERROR = 10;

/** Task `FinishRun`: writes the summary beside the report, releases the lock, and returns the summary. */
export async function finishRun(task: FinishRunInput, host: Host): Promise<RunSummary> {
  const { state } = task;
  if (!('run' in state)) return refusedRun(task, state, host);
  const { run, done } = state;
  const error = state.error && (await describeError(state, state.error, host));
  const summary: RunSummary = {
    runId: run.id,
    status: error ? 'failed' : 'succeeded',
    input: run.input,
    phases: done.map(({ name, copy, delete: deletes }) => ({ name, copy: copy.counters, delete: deletes.counters })),
    totals: addUp(run.input.dryRun ? done : done.filter(isWriting)),
    elapsedMs: host.now() - Date.parse(run.startedAt),
    estimatedCostUsd: estimateCost(done, deployedMemory(run, host)),
    report: host.runStore.locate(`${runFolder(run.id)}/`),
    ...(error && { error }),
  };
  await host.runStore.put(`${runFolder(run.id)}/summary.json`, `${JSON.stringify(summary, undefined, 2)}\n`);
  await releaseLock(run.input, run.executionId, host, brokeOff(state));
  return summary;
}

/** Ended by no error of ours, such as `States.Timeout`: nobody has heard from all functions, so some may be at work yet. */
function brokeOff({ error }: RunState): boolean {
  return error !== undefined && !ERROR_NAMES.some((name) => name === error.Error);
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

async function describeError({ run }: RunState, caught: CaughtError, host: Host): Promise<RunError> {
  const failures = await readFailures(host.runStore, run.id, KEYS_IN_ERROR);
  return { name: nameOf(caught), message: messageOf(caught), keys: failures.map(({ key }) => key).sort(compareKeys) };
}

/** A Fail state may not have Step Functions' own names: `States.Timeout` becomes `Timeout`. */
function nameOf({ Error: name }: CaughtError): string {
  return name.replace(/^States\./, '');
}

/** Lambda wraps a handler's error into JSON; the local runner hands its message on as it is. */
function messageOf({ Error: name, Cause = `${name}: Step Functions gave no cause` }: CaughtError): string {
  try {
    const cause = JSON.parse(Cause) as { errorMessage?: unknown };
    return typeof cause.errorMessage === 'string' ? cause.errorMessage : Cause;
  } catch {
    return Cause;
  }
}
