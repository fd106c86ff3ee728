import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { FinishedPhase, Run, RunState } from '../statemachine/contract';
import { InterruptedError, NotConfirmedError } from '../statemachine/errors';
import type { Invoke } from './execution';

/** A run between its plan and the first phase that writes. */
export interface PlannedRun {
  readonly run: Run;
  readonly plan: FinishedPhase;
}

/** Asks somebody whether the run shall go on. @param signal  aborted if the run is stopped meanwhile */
export type Confirm = (planned: PlannedRun, signal: AbortSignal) => Promise<boolean>;

/** The longest time that a timer can wait, in seconds: 24 days. */
const AS_LONG_AS_IT_TAKES = Math.floor((2 ** 31 - 1) / 1000);

/** The Task that ends a plan, and waits for the answer. */
const ASKING = 'ClosePhase';

/** Somebody thinks as long as they like: the Task that asks them must not time out. */
export function withTimeToThink(definition: StateMachineDefinition): StateMachineDefinition {
  const { [ASKING]: asking, ...states } = definition.States;
  const patient = { ...asking, TimeoutSeconds: AS_LONG_AS_IT_TAKES };
  return { ...definition, States: { ...states, [ASKING]: patient } } as StateMachineDefinition;
}

/** Asks once the guards have let a plan pass, and ends the run if the answer is no. Nothing has been written then. */
export function confirming(confirm: Confirm, signal: AbortSignal, invoke: Invoke): Invoke {
  return async (task, input) => {
    const result = await invoke(task, input);
    return task === ASKING ? askAbout(result as RunState, confirm, signal) : result;
  };
}

async function askAbout(state: RunState, confirm: Confirm, signal: AbortSignal): Promise<RunState> {
  const { run, done, phases } = state;
  const plan = done.at(-1);
  if (plan?.name !== 'plan' || !phases.some(({ write }) => write)) return state;
  if (await confirm({ run, plan }, signal)) return state;
  const error = signal.aborted
    ? new InterruptedError()
    : new NotConfirmedError('Nobody confirmed the plan, so the run ended before its first write');
  return { ...state, phases: [], error: { Error: error.name, Cause: error.message } };
}
