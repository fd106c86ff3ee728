import type {
  CaughtError,
  Counters,
  EndedLoop,
  FinishedLoop,
  FinishedPhase,
  Phase,
  PhaseEnd,
  Run,
  RunState,
} from '../../../statemachine/contract';
import {
  type BucketsyncError,
  DriftError,
  PlanOutdatedError,
  SyncIncompleteError,
  UndoIncompleteError,
} from '../../../statemachine/errors';
import { isAboutSomeKeys } from '../../../statemachine/some-keys';
import { withDeleteLimit } from '../guards/delete-guard';
import { type Circumstances, refuse } from '../guards/guards';
import { refuseWarnings } from '../guards/warnings';
import { count } from '../guards/words';
import { startLoops } from '../phases/start-loops';
import type { Host } from '../ports/host';
import { gravest } from '../run/caught-errors';
import { requireContract } from '../run/require-contract';

/**
 * Task `ClosePhase`: records the finished phase and prepares the next one. An error of a loop, a failed object, too many deletes
 * in a plan, or drift in a verify phase ends the run: no phase follows.
 *
 * @param paths  how many the run would invalidate, if the phase is a plan whose cost is judged
 */
export function closePhase(
  state: PhaseEnd,
  { roundBudgetsMs, worlds }: Pick<Host, 'roundBudgetsMs' | 'worlds'>,
  paths?: number,
): RunState {
  requireContract(state.run.contract);
  const [phase, ...rest] = state.phases;
  if (!phase) throw new Error('Expected a phase to close, got none');
  const loops = asTwoLoops(state.loops);
  const run = withMatched(withPlan(withDeleteLimit(state.run, phase, loops.delete.counters), loops.copy), loops);
  const finished = { name: phase.name, copy: finishLoop(loops.copy), delete: finishLoop(loops.delete) };
  const done = [...state.done, finished];
  const sides = worlds?.describe(run.input);
  const error =
    gravest(errorsOf(loops)) ??
    judge([phase, ...rest], run, { loops, done }, { sides, paths }) ??
    judgeStrictly(phase, run, done, rest.length === 0);
  const phases = error || isPlannedToEnd(run, phase) ? [] : rest;
  const awayMs = Math.max(loops.copy.share?.awayMs ?? 0, loops.delete.share?.awayMs ?? 0);
  return {
    run: { ...withContent(run, phase, phases[0], done), rounds: roundsOf(done) },
    phases,
    loops: startLoops(phases[0], run, roundBudgetsMs, awayMs),
    done,
    ...(error && { error }),
  };
}

/** If one walk has decided both sides, its findings at the destination count for the delete loop. */
export function asTwoLoops(loops: PhaseEnd['loops']): PhaseEnd['loops'] {
  const { atDestination } = loops.copy;
  if (!atDestination) return loops;
  return { ...loops, delete: { ...loops.delete, counters: { ...loops.delete.counters, ...atDestination } } };
}

/** If the plan is kept, the phases after it apply it. */
function withPlan(run: Run, { plan }: EndedLoop): Run {
  if (!plan) return run;
  // an undo changes nothing but what it has looked at
  return { ...run, plan: run.input.undo === undefined ? plan : { ...plan, exactly: true } };
}

/** Which globs have matched a key of any phase so far. */
function withMatched(run: Run, { copy, delete: deletes }: PhaseEnd['loops']): Run {
  const matched = (run.matched ?? 0) | (copy.matched ?? 0) | (deletes.matched ?? 0);
  return matched === 0 ? run : { ...run, matched };
}

/** A plan that has found nothing to do ends the run: it has compared everything, as a verify phase would. */
function isPlannedToEnd({ plan }: Run, { name }: Phase): boolean {
  return name === 'plan' && plan?.copies === 0 && plan.deletes === 0;
}

function errorsOf({ copy, delete: deletes }: PhaseEnd['loops']): CaughtError[] {
  return [copy.error, deletes.error].filter((error) => error !== undefined);
}

function roundsOf(done: readonly FinishedPhase[]): number {
  return done.reduce((sum, { copy, delete: deletes }) => sum + copy.rounds + deletes.rounds, 0);
}

/**
 * Notes whether the finished phases have seen content at the source, so that the deletes need not search for it. If the deletes
 * have a phase of their own, earlier phases have listed all of the source, and may have found it empty. Phases that apply a plan
 * list nothing.
 */
function withContent(run: Run, { copy }: Phase, next: Phase | undefined, done: readonly FinishedPhase[]): Run {
  const content = done.findLast((phase) => phase.copy.content !== undefined)?.copy.content;
  if (content !== undefined) return { ...run, content };
  if (!copy || run.plan || next?.name !== 'deletes' || isAboutSomeKeys(run.input)) return run;
  return { ...run, sourceWasEmpty: true };
}

function judge(
  [phase, ...rest]: readonly [Phase, ...Phase[]],
  run: Run,
  { loops, done }: Pick<PhaseEnd, 'loops' | 'done'>,
  circumstances: Circumstances,
): CaughtError | undefined {
  const [copy, deletes] = [loops.copy.counters, loops.delete.counters];
  const error =
    refuse(phase, run, loops, circumstances) ??
    (run.input.undo === undefined
      ? incomplete([phase, ...rest], run, copy, deletes)
      : notUndone([phase, ...rest], run.input, done)) ??
    drifted(phase, copy, deletes);
  return error && { Error: error.name, Cause: error.message };
}

function judgeStrictly(
  phase: Phase,
  run: Run,
  done: readonly FinishedPhase[],
  isLast: boolean,
): CaughtError | undefined {
  const phases = done.map(({ name, copy }) => ({ name, copy: copy.counters }));
  const error = refuseWarnings(phase, run, phases, isLast);
  return error && { Error: error.name, Cause: error.message };
}

/** For the message: what happened to all objects that did not fail. An incomplete phase is the last one. */
function describeOthers({ name }: Phase, rest: readonly Phase[]): string {
  const next = rest[0]?.name ?? '';
  if (name === 'plan') return 'nothing was written';
  if (name === 'assets') return 'all other assets were, no page was copied, and nothing was deleted';
  if (name === 'first-deletes') return 'all others of this step were, and no later step was begun';
  if (/^(pages|step-)/.test(name))
    return /^step-/.test(next)
      ? 'all others of this step were, no later step was begun, and nothing was deleted'
      : 'all others were, and nothing was deleted';
  return 'all others were';
}

/** What failed in a phase that copies nothing. */
const COULD_NOT_COPY: Readonly<Partial<Record<Phase['name'], string>>> = {
  plan: 'would not be copied',
  verify: 'could not be compared',
};

/** A failure in the plan before a run does not end the run: the later phases copy all other objects, and report the failure. */
function incomplete(
  [phase, ...rest]: readonly [Phase, ...Phase[]],
  { input }: Run,
  copy: Counters,
  deletes: Counters,
): BucketsyncError | undefined {
  if (copy.failed + deletes.failed === 0 || (phase.name === 'plan' && !input.dryRun)) return undefined;
  const changed = (copy.outdated ?? 0) + (deletes.outdated ?? 0);
  if (changed > 0) return outdated(changed, copy.failed + deletes.failed - changed);
  const parts = [
    copy.failed > 0 ? `${count(copy.failed, 'object')} ${COULD_NOT_COPY[phase.name] ?? 'could not be copied'}` : '',
    deletes.failed > 0 ? `${count(deletes.failed, 'object')} could not be deleted` : '',
  ];
  return new SyncIncompleteError(
    `${parts.filter(Boolean).join(' and ')}; ${describeOthers(phase, rest)}. The report says why for each key`,
  );
}

/**
 * An undo goes on if it leaves objects alone. It ends if it could not bring an object back, because no page may come back before
 * its assets.
 *
 * @param done  with the phase that ends
 */
function notUndone(
  [phase, ...rest]: readonly [Phase, ...Phase[]],
  { undo = '', dryRun }: Run['input'],
  done: readonly FinishedPhase[],
): UndoIncompleteError | undefined {
  if (phase.name === 'plan' && !dryRun) return undefined;
  const ended = dryRun ? done : done.filter(({ name }) => name !== 'plan');
  const counters = ended.flatMap(({ copy, delete: deletes }) => [copy.counters, deletes.counters]);
  const left = counters.reduce((sum, { outdated = 0 }) => sum + outdated, 0);
  const failed = counters.reduce((sum, counted) => sum + counted.failed, 0) - left;
  if (failed + left === 0 || (failed === 0 && rest.length > 0)) return undefined;
  const what = [
    left > 0 && `${count(left, 'object')} ${dryRun ? 'would be' : left === 1 ? 'was' : 'were'} left alone`,
    failed > 0 && `${count(failed, 'object')} could not be brought back`,
  ];
  const others =
    failed > 0 && rest.length > 0
      ? 'The phases after this one were not begun'
      : dryRun
        ? 'Nothing was written'
        : 'Everything else is as before that run';
  return new UndoIncompleteError(
    `Of what the run ${undo} has written, ${what.filter(Boolean).join(' and ')}. ${others}. The report says why for each key`,
  );
}

/** @param others  how many other objects failed */
function outdated(changed: number, others: number): PlanOutdatedError {
  const failed = others === 0 ? '' : `, and ${count(others, 'other object')} could not be copied or deleted`;
  return new PlanOutdatedError(
    `${count(changed, 'object')} ${changed === 1 ? 'has' : 'have'} changed since the plan was made, and ${changed === 1 ? 'was' : 'were'} left ` +
      `alone${failed}. Everything else in this phase was done as planned. The report names each key. Make a new plan for what is left`,
  );
}

function drifted(phase: Phase, { copied, unproven = 0 }: Counters, { deleted }: Counters): BucketsyncError | undefined {
  if (phase.name !== 'verify' || copied + deleted === 0) return undefined;
  const differ = copied - unproven;
  const found = [
    differ + deleted > 0 &&
      `After the run ${count(differ, 'object')} of the source ${differ === 1 ? 'differs' : 'differ'} at the destination, ` +
        `and ${count(deleted, 'orphan')} ${deleted === 1 ? 'is' : 'are'} left there: somebody else wrote to one of the buckets during the run`,
    unproven > 0 &&
      `Nothing proves that ${count(unproven, 'object')} of the source ${unproven === 1 ? 'is' : 'are'} equal at the destination: S3 shows ` +
        'no checksums that could be compared, and the evidence from the copies of this run is missing. Make sure that ' +
        '`evidence/`, beside the reports, can be written and read',
  ];
  return new DriftError(found.filter(Boolean).join('. '));
}

function finishLoop({ counters, round, ranges, mapRanges, busyMs, content }: EndedLoop): FinishedLoop {
  return { counters, rounds: round, ranges, mapRanges, busyMs, ...(content !== undefined && { content }) };
}
