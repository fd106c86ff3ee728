import {
  allowedDeletes,
  type CaughtError,
  type Counters,
  type EndedLoop,
  type FinishedLoop,
  type FinishedPhase,
  type Phase,
  type PhaseEnd,
  type Run,
  type RunState,
} from '../../../statemachine/contract';
import {
  type BucketsyncError,
  DeleteGuardError,
  DriftError,
  SourceEmptyError,
  SyncIncompleteError,
} from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import { startLoops } from '../phases/start-loops';
import { gravest } from '../run/caught-errors';
import { requireContract } from '../run/require-contract';

/**
 * Task `ClosePhase`: records the finished phase and prepares the next one. An error of a loop, a failed object, too many deletes
 * in a plan, or drift in a verify phase ends the run: no phase follows.
 */
export function closePhase(state: PhaseEnd, roundBudgetsMs: readonly number[]): RunState {
  requireContract(state.run.contract);
  const [phase, ...rest] = state.phases;
  if (!phase) throw new Error('Expected a phase to close, got none');
  const loops = asTwoLoops(state.loops);
  const run = withDeleteLimit(state.run, phase, loops.delete.counters);
  const error = gravest(errorsOf(loops)) ?? judge(phase, run, loops);
  const phases = error ? [] : rest;
  const finished = { name: phase.name, copy: finishLoop(loops.copy), delete: finishLoop(loops.delete) };
  const done = [...state.done, finished];
  const awayMs = Math.max(loops.copy.share?.awayMs ?? 0, loops.delete.share?.awayMs ?? 0);
  return {
    run: { ...withContent(run, phase, phases[0], done), rounds: roundsOf(done) },
    phases,
    loops: startLoops(phases[0], run.input, roundBudgetsMs, awayMs),
    done,
    ...(error && { error }),
  };
}

/** What one walk over both sides found at the destination counts as the delete loop's. */
function asTwoLoops(loops: PhaseEnd['loops']): PhaseEnd['loops'] {
  const { atDestination } = loops.copy;
  if (!atDestination) return loops;
  return { ...loops, delete: { ...loops.delete, counters: { ...loops.delete.counters, ...atDestination } } };
}

function errorsOf({ copy, delete: deletes }: PhaseEnd['loops']): CaughtError[] {
  return [copy.error, deletes.error].filter((error) => error !== undefined);
}

/** A plan has counted the destination, so a percentage in `maxDeletes` becomes a count. The deletes keep to this count. */
function withDeleteLimit(run: Run, phase: Phase, deletes: Counters): Run {
  const limits = [run.input.maxDeletes, run.deployed?.maxDeletes].filter((limit) => limit !== undefined);
  if (phase.name !== 'plan' || limits.length === 0) return run;
  return { ...run, deleteLimit: Math.min(...limits.map((limit) => allowedDeletes(limit, deletes))) };
}

function roundsOf(done: readonly FinishedPhase[]): number {
  return done.reduce((sum, { copy, delete: deletes }) => sum + copy.rounds + deletes.rounds, 0);
}

/**
 * Notes whether the finished phases have seen content at the source, so that the deletes need not search for it. If the deletes
 * have a phase of their own, earlier phases have listed all of the source, and may have found it empty.
 */
function withContent(run: Run, { copy }: Phase, next: Phase | undefined, done: readonly FinishedPhase[]): Run {
  const content = done.findLast((phase) => phase.copy.content !== undefined)?.copy.content;
  if (content !== undefined) return { ...run, content };
  // a retry lists only the keys that had failed
  if (!copy || next?.name !== 'deletes' || run.input.retry !== undefined) return run;
  return { ...run, sourceWasEmpty: true };
}

function judge(phase: Phase, run: Run, loops: PhaseEnd['loops']): CaughtError | undefined {
  const [copy, deletes] = [loops.copy.counters, loops.delete.counters];
  const error =
    nothingTakesPart(phase, run, loops) ??
    tooManyDeletes(phase, run, loops.delete) ??
    incomplete(phase, run, copy, deletes) ??
    drifted(phase, copy, deletes);
  return error && { Error: error.name, Cause: error.message };
}

/** For the message: what happened to all objects that did not fail. An incomplete phase is the last one. */
const OTHERS: Readonly<Record<Phase['name'], string>> = {
  plan: 'nothing was written',
  sync: 'all others were',
  assets: 'all other assets were, no page was copied, and nothing was deleted',
  pages: 'all others were, and nothing was deleted',
  deletes: 'all others were',
  verify: 'all others were',
};

/** What failed in a phase that copies nothing. */
const COULD_NOT_COPY: Readonly<Partial<Record<Phase['name'], string>>> = {
  plan: 'would not be copied',
  verify: 'could not be compared',
};

/** A failure in the plan before a run does not end the run: the later phases copy all other objects, and report the failure. */
function incomplete(phase: Phase, { input }: Run, copy: Counters, deletes: Counters): BucketsyncError | undefined {
  if (copy.failed + deletes.failed === 0 || (phase.name === 'plan' && !input.dryRun)) return undefined;
  const parts = [
    copy.failed > 0 ? `${count(copy.failed, 'object')} ${COULD_NOT_COPY[phase.name] ?? 'could not be copied'}` : '',
    deletes.failed > 0 ? `${count(deletes.failed, 'object')} could not be deleted` : '',
  ];
  return new SyncIncompleteError(
    `${parts.filter(Boolean).join(' and ')}; ${OTHERS[phase.name]}. The report says why for each key; ` +
      'run it again once the reasons are gone',
  );
}

/** Rejects a source of which no object takes part. A plan has listed both sides, so it knows what `ValidateInput` could not know. */
function nothingTakesPart(phase: Phase, { input }: Run, loops: PhaseEnd['loops']): BucketsyncError | undefined {
  if (phase.name !== 'plan' || !phase.copy || input.allowEmptySource || input.retry !== undefined) return undefined;
  const { deleted } = loops.delete.counters;
  if (loops.copy.content !== undefined || deleted === 0) return undefined;
  return new SourceEmptyError(
    `Of the ${count(loops.copy.counters.listed, 'object')} in ${formatS3Url(input.source, input.prefix)} none takes part: the filters ` +
      'leave them out, or they are only folder markers. The mirror would delete ' +
      `${count(deleted, 'object')} at the destination. If that is what you want, set \`allowEmptySource\` to true`,
  );
}

function tooManyDeletes(
  phase: Phase,
  { input, deployed, deleteLimit }: Run,
  { counters: { deleted, failed, listed, skipped }, lostDeletes }: EndedLoop,
): BucketsyncError | undefined {
  if (deleteLimit === undefined || phase.name === 'verify') return undefined;
  if (deleted + failed + lostDeletes <= deleteLimit) return undefined;
  const maxDeletes = describeLimit([input.maxDeletes, deployed?.maxDeletes], deleteLimit);
  if (phase.name === 'plan') {
    return new DeleteGuardError(
      `The run would delete ${deleted} of the ${count(listed - skipped, 'object')} taking part at the destination, and ` +
        `\`maxDeletes\` allows ${maxDeletes}. Nothing was deleted. Check the source; if it is right, allow more deletes`,
    );
  }
  return new DeleteGuardError(
    `The source lost objects after the plan: ${count(deleted + failed, 'orphan')} at the destination, and \`maxDeletes\` ` +
      `allows ${maxDeletes}. ${count(deleted, 'object')} deleted, no more${describeLost(lostDeletes)}. Check the source; if it ` +
      'is right, allow more deletes',
  );
}

/** `10% (52 of them)`. If a count and a percentage both apply, the one that allows less. */
function describeLimit(limits: readonly (number | string | undefined)[], deleteLimit: number): string {
  const percentage = limits.find((limit) => typeof limit === 'string');
  return percentage === undefined || limits.includes(deleteLimit)
    ? `${deleteLimit}`
    : `${percentage} (${deleteLimit} of them)`;
}

function describeLost(lostDeletes: number): string {
  return lostDeletes === 0
    ? ''
    : `, except for up to ${lostDeletes} that a function deleted which did not reach its end`;
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

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function finishLoop({ counters, round, ranges, mapRanges, busyMs, content }: EndedLoop): FinishedLoop {
  return { counters, rounds: round, ranges, mapRanges, busyMs, ...(content !== undefined && { content }) };
}
