import {
  type AppliedPlan,
  type CaughtError,
  type EstimatedCost,
  emptyCounters,
  type FinishedPhase,
  type FinishRunInput,
  type ReportLine,
  type RunState,
  type RunSummary,
  type RunWarning,
  totalsOf,
} from '../../../statemachine/contract';
import { CredentialsExpiredError, GUARD_ERRORS, ReportLocationError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import type { FoundLack } from '../../../statemachine/lacks';
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
import { type Findings, sumOfFindings } from '../kept-plan/findings';
import { giveBack } from '../lock/give-back';
import { holdAfterUndo } from '../lock/hold-after-undo';
import { renderReportPage } from '../page/report-page';
import type { Host } from '../ports/host';
import type { RunStore } from '../ports/run-store';
import { runFolder } from '../ports/run-store';
import { tookPartBefore } from '../report/followed-run';
import { measureRun } from '../report/measure-run';
import { readFailures } from '../report/read-report';
import { type RunTally, readTallies } from '../report/tally-file';
import { writeOnce } from '../report/write-once';
import { writeSummary } from '../report/write-summary';
import { mayHaveLeftWork } from '../run/caught-errors';
import { describeError, messageOf } from '../run/describe-error';
import { describePlace, lookForAccount } from '../run/describe-place';
import { nameForPeople } from '../run/name-for-retry';
import { readLacks } from '../server/lacks';
import { placeOfLacks } from '../server/place-of-lacks';
import { undoableUntil } from '../undo/undoable-until';
import { keepWaymarks } from '../waymarks/keep-waymarks';

/** A page with more is slow to open, and reading them is one request for some thousands. */
const FAILURES_ON_PAGE = 1_000;

/** Errors of runs that have looked at everything. */
const HAS_LOOKED: readonly string[] = [...GUARD_ERRORS, 'SyncIncompleteError', 'NotConfirmedError', 'DriftError'];

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
  const { run } = state;
  const account = lookForAccount(run, host);
  const failures = state.error ? await unlessLost(state, readFailures(host.runStore, run.id, FAILURES_ON_PAGE)) : [];
  const lacks = await unlessLost(state, readLacks(run.id, placeOfLacks(run.input, host)));
  const { since, warning } = await holdIfUndone(state, host);
  await noteIfUndone(state, host);
  const { invalidation, warning: untold } = await invalidateAtEnd(state, hasWritten(state), host);
  const lostDates = describeLostDates(await keepDates(state, host), host.runStore);
  const takingPart = await tookPartBefore(run.input, host.runStore);
  const until = await undoableUntil(run, host);
  const noted = [...lostDates, ...[warning, untold].filter((known) => known !== undefined)];
  const facts = { failures, lacks, since, until, invalidation, takingPart, account: account(), noted };
  const summary = describeRun(state, facts, host);
  const written = await writeReport(summary, failures, state, host.runStore);
  await Promise.all([keepEvidence(state, host), keepWaymarks(state, hasLooked(state), host)]);
  const brokeOff = state.error !== undefined && mayHaveLeftWork(state.error);
  await giveBack(state, host, brokeOff);
  return { summary: written, failures };
}

/** What the Task has found out after the last phase. */
interface Facts {
  readonly failures: readonly ReportLine[];
  readonly lacks: readonly FoundLack[];
  /** Since when the destination is held. */
  readonly since: string | undefined;
  /** Until when the run that would be undone can be. */
  readonly until: string | undefined;
  readonly invalidation: RunSummary['invalidation'];
  readonly takingPart: number | undefined;
  readonly account: string | undefined;
  /** Warnings of the steps before. */
  readonly noted: readonly RunWarning[];
}

function describeRun(state: RunState, facts: Facts, host: Host): RunSummary {
  const { run, done } = state;
  const { failures, lacks, since, until, invalidation, takingPart, account } = facts;
  const error = state.error && describeError(state.error, failures);
  const phases = done.map(({ name, copy, delete: deletes }) => ({
    name,
    copy: copy.counters,
    delete: deletes.counters,
  }));
  const found = hasLooked(state) ? findWarnings(run, phases) : [];
  const warnings = [...found, ...facts.noted];
  const totals = totalsOf({ phases, plan: run.plan, dryRun: run.input.dryRun });
  const wrote = hasWritten(state);
  const { startedAt, input, deployed } = run;
  const findings = { startedAt, input, ...(deployed && { deployed }), phases, wrote };
  return {
    runId: run.id,
    status: error ? 'failed' : 'succeeded',
    ...findings,
    totals,
    ...(takingPart !== undefined && { takingPart }),
    ...(wrote && totals.copied + totals.deleted > 0 && { keepsVersions: (totals.versions ?? 0) > 0 }),
    ...(run.plan && { keptPlan: keptPlanOf(run.plan, findings) }),
    elapsedMs: host.now() - Date.parse(run.startedAt),
    ...(invalidation && { invalidation }),
    estimatedCostUsd: costOf(state, invalidation, host),
    ...(since !== undefined && { heldSince: since }),
    ...(until !== undefined && { undoableUntil: until }),
    ...(run.settings.aclsUnknown && wrote && { aclsUnknown: true }),
    where: describePlace(run, account, host),
    ...(lacks.length > 0 && { lacks }),
    ...(!host.runStore.keepsNothing && { report: host.runStore.locate(`${runFolder(run.id)}/`) }),
    ...(error && { error }),
    ...(warnings.length > 0 && { warnings }),
  };
}

/** Whether the run has looked at everything, although it may have failed. */
function hasLooked({ error }: RunState): boolean {
  return !error || HAS_LOOKED.includes(error.Error);
}

function costOf({ run, done }: RunState, invalidation: RunSummary['invalidation'], host: Host): EstimatedCost {
  const sides = host.worlds?.describe(run.input);
  const memory = deployedMemory(run, host);
  const inRegions = estimateCost(done, memory, { ...run, isStreamed: sides?.streams === true });
  const withStreams = addStreams(inRegions, done, sides, { ...run, isDeployed: memory !== undefined });
  return addInvalidation(withStreams, run.input.dryRun ? undefined : invalidation);
}

async function noteIfUndone(state: RunState, host: Host): Promise<void> {
  if (!isUndone(state) || host.runStore.keepsNothing) return;
  await unlessLost(
    state,
    noteUndo(state.run, host).then(() => []),
  );
}

/** An undo that has nothing to do counts, too: it may repeat one that was killed after it had written. */
function isUndone(state: RunState): boolean {
  const { undo, dryRun } = state.run.input;
  return undo !== undefined && !dryRun && (!state.error || hasWritten(state));
}

/** Holds the destination after an undo, unless the undo failed before it wrote. Otherwise the next run would publish the same again. */
async function holdIfUndone(
  state: RunState,
  host: Host,
): Promise<{ readonly since?: string | undefined; readonly warning?: RunWarning }> {
  const { run } = state;
  const { undo, hold } = run.input;
  if (undo === undefined || !hold || !isUndone(state)) return {};
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

/** A local run costs no Lambda. */
function deployedMemory({ executionId }: { readonly executionId: string }, host: Host): number | undefined {
  return isExecutionArn(executionId) ? host.rangeMemoryMib : undefined;
}

function keptPlanOf({ exactly: _, ...kept }: AppliedPlan, findings: Findings): RunSummary['keptPlan'] {
  return { ...kept, findings: sumOfFindings(findings, kept) };
}
