import {
  type AppliedPlan,
  type CaughtError,
  emptyCounters,
  type FinishedPhase,
  type FinishRunInput,
  type KeptPlan,
  type ReportLine,
  type RunError,
  type RunState,
  type RunSummary,
  type RunWarning,
  totalsOf,
} from '../../../statemachine/contract';
import {
  BucketsyncError,
  CredentialsExpiredError,
  GUARD_ERRORS,
  ReportLocationError,
  RunNameTakenError,
} from '../../../statemachine/errors';
import { printableJson } from '../../../statemachine/printable';
import { writesNothing } from '../../../statemachine/writes-nothing';
import { announceEnd } from '../announce/announce-run';
import { estimateCost } from '../cost/estimate-cost';
import { estimateRun } from '../cost/estimate-run';
import { addInvalidation } from '../cost/invalidation-cost';
import { addStreams } from '../cost/streamed-cost';
import { keepEvidence } from '../evidence/keep-evidence';
import { keepDates } from '../grace/keep-dates';
import { describeLostDates } from '../grace/lost-dates';
import { noteUndo } from '../grace/undos';
import { findWarnings } from '../guards/warnings';
import { invalidateAtEnd } from '../invalidation/invalidate';
import { compareKeys } from '../keys/compare-keys';
import { holdAfterUndo } from '../lock/hold-after-undo';
import { releaseLock } from '../lock/run-lock';
import { renderReportPage } from '../page/report-page';
import type { Host } from '../ports/host';
import type { RunStore } from '../ports/run-store';
import { runFolder } from '../ports/run-store';
import { tookPartBefore } from '../report/followed-run';
import { measureRun } from '../report/measure-run';
import { readFailures } from '../report/read-report';
import { type RunTally, readTallies } from '../report/tally-file';
import { writeOnce } from '../report/write-once';
import { mayHaveLeftWork } from '../run/caught-errors';
import { describePlace, lookForAccount } from '../run/describe-place';
import { nameForPeople } from '../run/name-for-retry';
import { readLacks } from '../server/lacks';
import { placeOfLacks } from '../server/place-of-lacks';

const KEYS_IN_ERROR = 10;
/** A page with more is slow to open, and reading them is one request for some thousands. */
const FAILURES_ON_PAGE = 1_000;

/** Between two tries to give the lock back. */
const BETWEEN_TRIES_MS = 2_000;
/** Short, because a run that failed has mostly waited for its server already. */
const MOST_AFTER_FAILURE_MS = 10_000;
/** Left at the end of the invocation for the work after the release. */
const CLOSING_MS = 30_000;

/** Errors of runs that have looked at everything. */
const HAS_LOOKED: readonly string[] = [...GUARD_ERRORS, 'SyncIncompleteError', 'NotConfirmedError', 'DriftError'];

type ReleasingState = Pick<RunState, 'run' | 'error'>;

/**
 * Task `FinishRun`: writes summary and page beside the report's lines, releases the lock, and returns the summary. It also accepts
 * states of the contract version before this one, because a run that a deployment has ended must still give its lock back.
 */
export async function finishRun(task: FinishRunInput, host: Host): Promise<RunSummary> {
  const { summary, failures } = await finish(task, host);
  const announced = await announceEnd(summary, failures, task, host);
  publishMetrics(announced, task, host);
  return announced;
}

interface Finished {
  readonly summary: RunSummary;
  /** Some of the objects that failed. */
  readonly failures: readonly ReportLine[];
}

/**
 * The last step of the Task, because a retry of the Task repeats the steps before it, and a run should count once. An error here does
 * not fail the run: without this line, the alarm on silence goes off.
 */
function publishMetrics(summary: RunSummary, { state }: FinishRunInput, { metrics, mirrors, now, log }: Host): void {
  if (!metrics) return;
  const run = 'run' in state ? state.run : undefined;
  try {
    const line = measureRun(summary, run, { mirrors: mirrors ?? [], set: metrics.set, now: now() });
    if (line) metrics.publish(line);
  } catch (error) {
    // the run is over, and its report is written
    log?.('error', 'The metrics of the run were not written', { error: (error as Error).name });
  }
}

async function finish(task: FinishRunInput, host: Host): Promise<Finished> {
  const { state } = task;
  if (!('run' in state)) return { summary: refusedRun(task, state, host), failures: [] };
  const { run, done } = state;
  const account = lookForAccount(run, host);
  const failures = state.error ? await unlessLost(state, readFailures(host.runStore, run.id, FAILURES_ON_PAGE)) : [];
  const error = state.error && describeError(state.error, failures);
  const folder = runFolder(run.id);
  const lacks = await unlessLost(state, readLacks(run.id, placeOfLacks(run.input, host)));
  const sides = host.worlds?.describe(run.input.source, run.input.destination);
  const phases = done.map(({ name, copy, delete: deletes }) => ({
    name,
    copy: copy.counters,
    delete: deletes.counters,
  }));
  const { since, warning } = await holdIfUndone(state, host);
  if (run.input.undo !== undefined && hasWritten(state) && !host.runStore.keepsNothing)
    await unlessLost(
      state,
      noteUndo(run, host).then(() => []),
    );
  const { invalidation, warning: untold } = await invalidateAtEnd(state, hasWritten(state), host);
  const found = state.error && !HAS_LOOKED.includes(state.error.Error) ? [] : findWarnings(run, phases);
  const lostDates = describeLostDates(await keepDates(state, host), host.runStore);
  const warnings = [...found, ...lostDates, ...[warning, untold].filter((known) => known !== undefined)];
  const takingPart = await tookPartBefore(run.input, host.runStore);
  const totals = totalsOf({ phases, plan: run.plan, dryRun: run.input.dryRun });
  const summary: RunSummary = {
    runId: run.id,
    status: error ? 'failed' : 'succeeded',
    startedAt: run.startedAt,
    input: run.input,
    ...(run.deployed && { deployed: run.deployed }),
    phases,
    totals,
    wrote: hasWritten(state),
    ...(takingPart !== undefined && { takingPart }),
    ...(hasWritten(state) && totals.copied + totals.deleted > 0 && { keepsVersions: (totals.versions ?? 0) > 0 }),
    ...(run.plan && { keptPlan: keptPlanOf(run.plan) }),
    elapsedMs: host.now() - Date.parse(run.startedAt),
    ...(invalidation && { invalidation }),
    estimatedCostUsd: addInvalidation(
      addStreams(
        estimateCost(done, deployedMemory(run, host), { ...run, isStreamed: sides?.streams === true }),
        done,
        sides,
        { ...run, isDeployed: deployedMemory(run, host) !== undefined },
      ),
      run.input.dryRun ? undefined : invalidation,
    ),
    ...(since !== undefined && { heldSince: since }),
    ...(run.settings.aclsUnknown && hasWritten(state) && { aclsUnknown: true }),
    where: describePlace(run, account(), host),
    ...(lacks.length > 0 && { lacks }),
    ...(!host.runStore.keepsNothing && { report: host.runStore.locate(`${folder}/`) }),
    ...(error && { error }),
    ...(warnings.length > 0 && { warnings }),
  };
  const written = await writeReport(summary, failures, state, host.runStore);
  await keepEvidence(state, host);
  const brokeOff = state.error !== undefined && mayHaveLeftWork(state.error);
  await release(state, host, brokeOff);
  return { summary: written, failures };
}

/** Holds the destination after an undo, unless the undo failed before it wrote. Otherwise the next run would publish the same again. */
async function holdIfUndone(
  state: RunState,
  host: Host,
): Promise<{ readonly since?: string | undefined; readonly warning?: RunWarning }> {
  const { run, error } = state;
  const { undo, hold, dryRun } = run.input;
  if (undo === undefined || !hold || dryRun || (error && !hasWritten(state))) return {};
  try {
    return { since: await holdAfterUndo(run, undo, host) };
  } catch (failure) {
    const message = `The destination could not be held, so the next run may write the same again: ${(failure as Error).message}`;
    return { warning: { name: 'not-held', message } };
  }
}

/** Whether `error` ended the run and would come again: expired credentials, or a report folder that cannot be written. */
function hasEndedBy(error: unknown, ended: CaughtError | undefined): boolean {
  const isOfKind = error instanceof CredentialsExpiredError || error instanceof ReportLocationError;
  return isOfKind && ended?.Error === error.name;
}

/** @returns what was read; nothing if the error that ended the run prevents reading */
async function unlessLost<T>({ error: ended }: RunState, reading: Promise<T[]>): Promise<T[]> {
  try {
    return await reading;
  } catch (error) {
    if (hasEndedBy(error, ended)) return [];
    throw error;
  }
}

/** @returns the summary as it was written; if a folder of this machine cannot be written, a summary with that error */
async function writeReport(
  summary: RunSummary,
  failures: readonly ReportLine[],
  { run, error: ended }: RunState,
  store: RunStore,
): Promise<RunSummary> {
  const { report: _, ...unreported } = summary;
  try {
    const written = await writeSummary(summary, store);
    const tally = await tallyOf(summary, store);
    const costOfRun = run.input.dryRun ? estimateRun({ ...summary, input: run.input }) : undefined;
    const page = renderReportPage({ run, summary: written, failures, tally, costOfRun });
    await writeOnce(store, `${runFolder(run.id)}/report.html`, page);
    return written;
  } catch (error) {
    if (hasEndedBy(error, ended)) return unreported;
    if (!(error instanceof ReportLocationError)) throw error;
    const { name, message } = error;
    return { ...unreported, status: 'failed', error: summary.error ?? { name, message, keys: [] } };
  }
}

/** What the lines of the report add up to. A run in which nothing happened to any object has none, and costs no request. */
async function tallyOf({ runId, phases, error, input }: RunSummary, store: RunStore): Promise<RunTally | undefined> {
  const loops = phases.flatMap(({ copy, delete: deletes }) => [copy, deletes]);
  const hasLines = loops.some(({ listed, unchanged }) => listed > unchanged);
  if (!hasLines && error === undefined) return undefined;
  return readTallies(store, runId, (input as { prefix?: string }).prefix ?? '');
}

/**
 * Gives the lock back, even if the server is away for a while. If the run failed and the lock cannot be given back, only the run's
 * own error is reported. The next run takes the lock over.
 */
async function release({ run, error: failed }: ReleasingState, host: Host, brokeOff: boolean): Promise<void> {
  const most = failed ? MOST_AFTER_FAILURE_MS : host.remainingMs() - CLOSING_MS;
  const until = host.now() + Math.min(host.patience.outageMs, most);
  for (;;) {
    try {
      return await releaseLock(run, host, brokeOff);
    } catch (error) {
      const isLast = error instanceof BucketsyncError || host.now() + BETWEEN_TRIES_MS > until;
      if (isLast)
        host.log?.('error', 'The lock was not given back', { error: (error as Error).name, lockId: run.lockId });
      if (isLast && failed) return;
      if (isLast) throw error;
      await host.wait(BETWEEN_TRIES_MS);
    }
  }
}

/**
 * @returns the summary that is stored: if the Task is repeated, the summary of the first attempt
 * @throws RunNameTakenError  another run of the same name has written its own
 */
async function writeSummary(summary: RunSummary, store: RunStore): Promise<RunSummary> {
  const name = `${runFolder(summary.runId)}/summary.json`;
  const found = await writeOnce(store, name, `${printableJson(summary, 2)}\n`);
  if (!found) return summary;
  const former = JSON.parse(found.toString('utf8')) as RunSummary;
  if (former.startedAt === summary.startedAt) return former;
  throw new RunNameTakenError(
    `Expected no other run to have the name ${summary.runId}, but one has left ${store.locate(name)}. ` +
      'Start each execution with a name of its own',
  );
}

/** The summary of a run that `ValidateInput` rejected. It has no phase, no report and no lock. */
function refusedRun(task: FinishRunInput, caught: CaughtError, host: Host): RunSummary {
  const name = nameForPeople(caught);
  return {
    runId: task.executionName,
    status: name === 'HeldError' ? 'held' : 'failed',
    startedAt: task.startedAt,
    input: task.executionInput,
    phases: [],
    totals: emptyCounters(),
    wrote: false,
    elapsedMs: host.now() - Date.parse(task.startedAt),
    estimatedCostUsd: estimateCost([], deployedMemory(task, host)),
    error: { name, message: messageOf(caught), keys: [] },
  };
}

/** A phase that broke off is still the first one in `phases`. */
function hasWritten({ done, phases, error }: RunState): boolean {
  return done.some(isWriting) || (error !== undefined && phases[0]?.write === true);
}

/** A plan before a run and a verify phase decide about the same objects again, so the totals leave them out. */
function isWriting({ name }: FinishedPhase): boolean {
  return !writesNothing(name);
}

/** A local run costs no Lambda. Its execution id is not an ARN. */
function deployedMemory({ executionId }: { readonly executionId: string }, host: Host): number | undefined {
  return executionId.startsWith('arn:') ? host.rangeMemoryMib : undefined;
}

function keptPlanOf({ exactly: _, ...kept }: AppliedPlan): KeptPlan {
  return kept;
}

function describeError(caught: CaughtError, failures: readonly ReportLine[]): RunError {
  const keys = failures.slice(0, KEYS_IN_ERROR).map(({ key }) => key);
  return { name: nameForPeople(caught), message: messageOf(caught), keys: keys.sort(compareKeys) };
}

/**
 * Lambda wraps a handler's error in JSON. The local runner passes the message on unchanged. The message becomes the cause of the
 * execution. It never looks like the cause of an execution that ended without `FinishRun`, which the rule for messages recognises by
 * JSON, and by the names of Lambda's own errors.
 */
function messageOf({ Error: name, Cause: given }: CaughtError): string {
  const message = given ? unwrap(given) : 'Step Functions gave no cause';
  const isOfLambda = name.startsWith('Lambda.') || !given;
  return isOfLambda || message.startsWith('{') ? `${name}: ${message}` : message;
}

function unwrap(cause: string): string {
  try {
    const { errorMessage } = JSON.parse(cause) as { errorMessage?: unknown };
    return typeof errorMessage === 'string' ? errorMessage : cause;
  } catch {
    return cause;
  }
}
