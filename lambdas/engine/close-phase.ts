import type { CaughtError, Counters, FinishedLoop, LoopState, Phase, Run, RunState } from '../../statemachine/contract';
import { type BucketsyncError, DeleteGuardError, DriftError, SyncIncompleteError } from '../../statemachine/errors';
import { startLoops } from './phases';

/**
 * Task `ClosePhase`: puts the finished phase on record and sets the next one up. An error of a loop, a failed object,
 * too many deletes in a plan or drift in a verify phase ends the run: no phase follows.
 */
export function closePhase(state: RunState, roundBudgetsMs: readonly number[]): RunState {
  const [phase, ...rest] = state.phases;
  if (!phase) throw new Error('Expected a phase to close, got none');
  const { loops } = state;
  const run = withDeleteLimit(state.run, phase, loops.delete.counters);
  const error = loops.copy.error ?? loops.delete.error ?? judge(phase, run, loops.copy.counters, loops.delete.counters);
  const phases = error ? [] : rest;
  return {
    run,
    phases,
    loops: startLoops(phases[0], run.input, roundBudgetsMs),
    done: [...state.done, { name: phase.name, copy: finishLoop(loops.copy), delete: finishLoop(loops.delete) }],
    ...(error && { error }),
  };
}

/** A plan has counted the destination, so `maxDeletes` as a percentage becomes a count, which the deletes keep to. */
function withDeleteLimit(run: Run, phase: Phase, { listed }: Counters): Run {
  const { maxDeletes } = run.input;
  if (phase.name !== 'plan' || maxDeletes === undefined) return run;
  const allowed = typeof maxDeletes === 'number' ? maxDeletes : (listed * Number.parseFloat(maxDeletes)) / 100;
  return { ...run, deleteLimit: Math.floor(allowed) };
}

function judge(phase: Phase, run: Run, copy: Counters, deletes: Counters): CaughtError | undefined {
  const error = tooManyDeletes(phase, run, deletes) ?? incomplete(copy, deletes) ?? drifted(phase, copy, deletes);
  return error && { Error: error.name, Cause: error.message };
}

function incomplete(copy: Counters, deletes: Counters): BucketsyncError | undefined {
  if (copy.failed + deletes.failed === 0) return undefined;
  const parts = [
    copy.failed > 0 ? `${count(copy.failed, 'object')} could not be copied` : '',
    deletes.failed > 0 ? `${count(deletes.failed, 'object')} could not be deleted` : '',
  ];
  return new SyncIncompleteError(
    `${parts.filter(Boolean).join(' and ')}; all others were. The report says why for each key; ` +
      'run it again once the reasons are gone',
  );
}

function tooManyDeletes(
  phase: Phase,
  { input: { maxDeletes }, deleteLimit }: Run,
  { deleted, failed, listed }: Counters,
): BucketsyncError | undefined {
  if (deleteLimit === undefined || phase.name === 'verify' || deleted + failed <= deleteLimit) return undefined;
  if (phase.name === 'plan') {
    return new DeleteGuardError(
      `The run would delete ${deleted} of the ${count(listed, 'object')} at the destination, and \`maxDeletes\` allows ` +
        `${maxDeletes}. Nothing was deleted. Check the source; if it is right, allow more deletes`,
    );
  }
  return new DeleteGuardError(
    `The source lost objects after the plan: ${count(deleted + failed, 'orphan')} at the destination, and \`maxDeletes\` ` +
      `allows ${maxDeletes}. ${count(deleted, 'object')} deleted, no more. Check the source; if it is right, allow more deletes`,
  );
}

function drifted(phase: Phase, { copied }: Counters, { deleted }: Counters): BucketsyncError | undefined {
  if (phase.name !== 'verify' || copied + deleted === 0) return undefined;
  return new DriftError(
    `After the run ${count(copied, 'object')} of the source ${copied === 1 ? 'differs' : 'differ'} at the destination, ` +
      `and ${count(deleted, 'orphan')} ${deleted === 1 ? 'is' : 'are'} left there: somebody else wrote to one of them meanwhile`,
  );
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function finishLoop({ counters, round, ranges, busyMs }: LoopState): FinishedLoop {
  return { counters, rounds: round, ranges, busyMs };
}
