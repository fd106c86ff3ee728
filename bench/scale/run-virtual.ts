import type { Host } from '../../lambdas/engine/ports/host';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import { runExecution } from '../../local/execution';
import type { TaskName } from '../../local/handlers';
import type { RangeInput, RunState, RunSummary } from '../../statemachine/contract';
import { historyEvents } from './history';

/** What a run of the state machine looked like from outside. */
export interface RunShape {
  readonly summary: RunSummary;
  readonly rounds: { readonly copy: number; readonly delete: number };
  readonly ranges: { readonly copy: number; readonly delete: number };
  /** The largest input or output of a Task: what the state machine carries between two states. */
  readonly stateBytes: number;
  readonly historyEvents: number;
  /** All phases as `ClosePhase` put them on record, for the cost. */
  readonly phases: RunState['done'];
}

/** Runs the real state machine with the real handlers' code. @param around  wraps each Task, to hold it back */
export async function runVirtual(
  newHost: () => Host,
  around: (task: TaskName, invoke: () => Promise<unknown>, input: unknown) => Promise<unknown> = (_task, invoke) =>
    invoke(),
): Promise<RunShape> {
  const calls = new Map<TaskName, number>();
  let stateBytes = 0;
  let phases: RunState['done'] = [];
  const weigh = (state: unknown) => {
    stateBytes = Math.max(stateBytes, Buffer.byteLength(JSON.stringify(state)));
  };
  const ofOneRange = { copy: 0, delete: 0 };
  const summary = await runExecution({ source: 'source', destination: 'destination' }, async (task, input) => {
    calls.set(task, (calls.get(task) ?? 0) + 1);
    if (isWholeRound(task, input)) ofOneRange[task === 'CopyRange' ? 'copy' : 'delete'] += 1;
    weigh(input);
    const result = await around(task, async () => ENGINE_TASKS[task](input as never, newHost()), input);
    weigh(result);
    if (task === 'ClosePhase') phases = (result as RunState).done;
    return result;
  });
  const count = (task: TaskName) => calls.get(task) ?? 0;
  const rounds = { copy: count('AdvanceCopy'), delete: count('AdvanceDelete') };
  const ranges = { copy: count('CopyRange'), delete: count('DeleteRange') };
  return { summary, rounds, ranges, stateBytes, historyEvents: historyEvents(rounds, ofOneRange), phases };
}

/** Whether a range is the only one of its round. */
function isWholeRound(task: TaskName, input: unknown): boolean {
  return (task === 'CopyRange' || task === 'DeleteRange') && (input as RangeInput).share.ranges === 1;
}
