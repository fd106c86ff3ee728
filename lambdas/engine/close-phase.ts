import type {
  CaughtError,
  Counters,
  FinishedLoop,
  LoopState,
  Phase,
  RunState,
  SyncInput,
} from '../../statemachine/contract';
import { type BucketsyncError, DeleteGuardError, DriftError, SyncIncompleteError } from '../../statemachine/errors';
import { startLoops } from './phases';

/**
 * Task `ClosePhase`: puts the finished phase on record and sets the next one up. An error of a loop, a failed object,
 * too many deletes in a plan or drift in a verify phase ends the run: no phase follows.
 */
export function closePhase(state: RunState, roundBudgetsMs: readonly number[]): RunState {
  const [phase, ...rest] = state.phases;
  if (!phase) throw new Error('Expected a phase to close, got none');
  const { run, loops } = state;
  const error =
    loops.copy.error ?? loops.delete.error ?? judge(phase, run.input, loops.copy.counters, loops.delete.counters);
  const phases = error ? [] : rest;
  return {
    run,
    phases,
    loops: startLoops(phases[0], run.input, roundBudgetsMs),
    done: [...state.done, { name: phase.name, copy: finishLoop(loops.copy), delete: finishLoop(loops.delete) }],
    ...(error && { error }),
  };
}

function judge(phase: Phase, input: SyncInput, copy: Counters, deletes: Counters): CaughtError | undefined {
  const error = incomplete(copy, deletes) ?? tooManyDeletes(phase, input, deletes) ?? drifted(phase, copy, deletes);
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
  { maxDeletes }: SyncInput,
  { deleted, listed }: Counters,
): BucketsyncError | undefined {
  if (phase.name !== 'plan' || maxDeletes === undefined) return undefined;
  const allowed = typeof maxDeletes === 'number' ? maxDeletes : (listed * Number.parseFloat(maxDeletes)) / 100;
  if (deleted <= allowed) return undefined;
  return new DeleteGuardError(
    `The run would delete ${deleted} of the ${count(listed, 'object')} at the destination, and \`maxDeletes\` allows ` +
      `${maxDeletes}. Nothing was deleted. Check the source; if it is right, allow more deletes`,
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
