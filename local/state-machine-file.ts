import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';
import type { TaskName } from './handlers';

const FUNCTION = /(\w+)Function$/;
export const DEFINITION = join(__dirname, '../statemachine/bucketsync.asl.json');

interface Definition {
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Resource?: string;
  readonly Branches?: readonly Definition[];
  readonly ItemProcessor?: Definition;
}

/** The function of each Task, by the name of its state. Rounds of one range and of several call the same function. */
export function functionsOfStates(definition: object): [state: string, task: TaskName][] {
  return Object.entries((definition as Definition).States).flatMap(
    ([name, { Resource, Branches = [], ItemProcessor }]) => [
      ...(Resource ? [[name, FUNCTION.exec(Resource)?.[1] as TaskName] as [string, TaskName]] : []),
      ...[...Branches, ...(ItemProcessor ? [ItemProcessor] : [])].flatMap(functionsOfStates),
    ],
  );
}

/** The deployed state machine, with names instead of the functions' ARNs. @param file  definition of another version */
export function readStateMachine(file = DEFINITION): StateMachineDefinition {
  const text = readFileSync(file, 'utf8');
  return JSON.parse(text.replaceAll(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
}
