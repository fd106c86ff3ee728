import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
}

/** A state, with only the fields that the tests look at. */
export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly ResultPath?: string;
    readonly Next: string;
  }[];
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ItemSelector?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Branches?: readonly States[];
  readonly ItemProcessor?: States;
}

/** A state machine, or one that is nested in a Parallel or a Map. */
export interface States {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export const DEFINITION_TEXT = readFileSync(join(__dirname, '../../statemachine/bucketsync.asl.json'), 'utf8');

export function parseDefinition(text = DEFINITION_TEXT): States {
  return JSON.parse(text);
}

/** The definition itself and, depth first, all that are nested in it. */
export function listStateMachines(definition: States): States[] {
  const nested = Object.values(definition.States).flatMap(({ Branches = [], ItemProcessor }) => [
    ...Branches,
    ...(ItemProcessor ? [ItemProcessor] : []),
  ]);
  return [definition, ...nested.flatMap(listStateMachines)];
}

/** Every state, also nested ones, as [name, state]. */
export function listStates(definition: States): [string, State][] {
  return listStateMachines(definition).flatMap(({ States }) => Object.entries(States));
}

export function listTasks(definition: States): [string, State][] {
  return listStates(definition).filter(([, { Type }]) => Type === 'Task');
}

/** Every function behind a Task, with the first state that calls it: rounds of one range and of several share theirs. */
export function listFunctions(definition: States): [string, State][] {
  const functions = new Map<string, State>();
  for (const [name, task] of listTasks(definition)) {
    const called = functionOf(task) ?? name;
    if (!functions.has(called)) functions.set(called, task);
  }
  return [...functions];
}

/** `CopyRange` of `${CopyRangeFunctionArn}`. */
export function functionOf({ Resource = '' }: State): string | undefined {
  return /^\$\{(\w+)FunctionArn\}$/.exec(Resource)?.[1];
}

/** Seconds that the attempts of a retrier take on average, under full jitter. */
export function waitsFor({ IntervalSeconds, MaxAttempts, BackoffRate, MaxDelaySeconds = Infinity }: Retrier): number {
  const waits = Array.from({ length: MaxAttempts }, (_, attempt) => IntervalSeconds * BackoffRate ** attempt);
  return waits.reduce((sum, wait) => sum + Math.min(wait, MaxDelaySeconds) / 2, 0);
}

/** Where a state can lead to. */
export function listTargets({ Next, Default, Choices = [], Catch = [] }: State): string[] {
  return [Next, Default, ...Choices.map((choice) => choice.Next), ...Catch.map((catcher) => catcher.Next)].filter(
    (target) => target !== undefined,
  );
}
