/**
 * Records what the Tasks of this version of the contract get, and its definition, for the tests of later versions:
 * `node --import ./bin/tsx.mjs test/statemachine/record-fixtures.ts`
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { TaskName } from '../../local/handlers';
import { DEFINITION } from '../../local/state-machine-file';
import { CONTRACT_VERSION } from '../../statemachine/contract';
import { Mirror, type MirrorOptions, past } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { describeShapes } from './contract-shapes';
import { folderOf, RECORDED_EXECUTION } from './fixtures';

const mirror = new Mirror();
const largest = new Map<TaskName, string>();
const finishes: unknown[] = [];

/** Keeps the largest input of each Task: it has most of what an input may have. */
const recording: NonNullable<MirrorOptions['around']> = async (task, input, invoke) => {
  const text = JSON.stringify(input, null, 2).replaceAll(
    new RegExp(`local:${hostname()}:\\d+:[\\w-]+`, 'g'),
    RECORDED_EXECUTION,
  );
  if (task === 'FinishRun') finishes.push(JSON.parse(text));
  else if (text.length > (largest.get(task)?.length ?? 0)) largest.set(task, text);
  return invoke();
};

function createInput(): object {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 60; index++) source.put(`${index}`, 'content', { lastModified: past });
  for (let index = 0; index < 3; index++) {
    putInParts(source, `large-${index}`, [65 * MIB, 65 * MIB, 65 * MIB], { lastModified: past });
  }
  for (let index = 0; index < 20; index++) destination.put(`orphan-${index}`, 'x');
  return { ...input, exclude: ['*.tmp'], maxDeletes: 100, verify: true };
}

async function record(): Promise<void> {
  await mirror.start({});
  const options = { pageSize: 10, host: { roundBudgetsMs: [1], rangesAtOnce: 4 }, around: recording };
  await mirror.run(createInput(), options);
  await mirror.run(createInput(), {
    ...options,
    around: async (task, input, invoke) =>
      recording(task, input, () => {
        if (task === 'DeleteRange') throw Object.assign(new Error('not allowed'), { name: 'AccessDeniedError' });
        return invoke();
      }),
  });
  await mirror.run({ source: 'no-bucket-of-this-name', destination: 'nor-of-this' }, { around: recording });
  await mirror.stop();
  mkdirSync(folderOf(CONTRACT_VERSION), { recursive: true });
  const save = (name: string, text: string) =>
    writeFileSync(join(folderOf(CONTRACT_VERSION), name), `${text.trim()}\n`);
  for (const [task, text] of largest) save(`${task}.json`, text);
  save('FinishRun.json', JSON.stringify(finishes, null, 2));
  save('shapes.txt', describeShapes());
  copyFileSync(DEFINITION, join(folderOf(CONTRACT_VERSION), 'definition.asl'));
}

void record();
