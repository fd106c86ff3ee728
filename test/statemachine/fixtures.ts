import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskName } from '../../local/handlers';

/** The execution of each recorded run. */
export const RECORDED_EXECUTION = 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync-StateMachine:recorded';

/** What `record-fixtures.ts` has written down of a version of the contract. */
export function folderOf(version: number): string {
  return join(__dirname, 'fixtures', `contract-${version}`);
}

/** What a Task got in a run of that version. */
export function readFixture<Input>(version: number, task: TaskName): Input {
  return JSON.parse(readFileSync(join(folderOf(version), `${task}.json`), 'utf8')) as Input;
}
