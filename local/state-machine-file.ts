import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

const DEFINITION = join(__dirname, '../statemachine/bucketsync.asl.json');

/** The state machine as it is deployed; where CDK puts the functions' ARNs there is a name here. */
export function readStateMachine(): StateMachineDefinition {
  const text = readFileSync(DEFINITION, 'utf8');
  return JSON.parse(text.replaceAll(/\$\{(\w+)Arn\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1'));
}
