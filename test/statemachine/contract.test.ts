import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINE_TASKS } from '../../local/engine-tasks';
import type { TaskName } from '../../local/handlers';
import { readStateMachine } from '../../local/state-machine-file';
import {
  type AdvanceInput,
  CONTRACT_VERSION,
  type FinishRunInput,
  type RunState,
  type RunSummary,
} from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { hostOf, useMirror } from '../support/mirror';
import { describeShapes } from './contract-shapes';
import { parseDefinition } from './definition';
import { folderOf, readFixture } from './fixtures';

const mirror = useMirror();

const PREVIOUS = CONTRACT_VERSION - 1;
const WORKING = readdirSync(folderOf(PREVIOUS))
  .filter((file) => file.endsWith('.json') && file !== 'FinishRun.json')
  .map((file) => file.replace('.json', '') as TaskName);

/** Calls a Task's code as its function would. */
async function call(task: TaskName, input: unknown): Promise<unknown> {
  return ENGINE_TASKS[task](input as never, hostOf());
}

describe('a change of what travels through the state machine', () => {
  it('has a version of its own: raise CONTRACT_VERSION here and in the definition, then run record-fixtures.ts', () => {
    const recorded = readFileSync(join(folderOf(CONTRACT_VERSION), 'shapes.txt'), 'utf8');

    expect(describeShapes()).toBe(recorded);
  });

  it('has the same version in the definition', () => {
    const { States } = parseDefinition() as { States: Record<string, { Parameters?: { contract?: number } }> };

    expect(States.ValidateInput?.Parameters?.contract).toBe(CONTRACT_VERSION);
  });
});

describe('a run that began before the stack was deployed', () => {
  it('has left a state for each Task', () => {
    expect(WORKING.sort()).toEqual(
      Object.keys(ENGINE_TASKS)
        .filter((task) => task !== 'FinishRun')
        .sort(),
    );
  });

  it.each(WORKING)('ends in %s with ContractVersionError, and S3 is asked for nothing', async (task) => {
    const input = readFixture(PREVIOUS, task);

    await expect(call(task, input)).rejects.toMatchObject({
      name: 'ContractVersionError',
      message: expect.stringMatching(/Expected a state of contract version \d+, got .* Start it again/),
    });

    expect(mirror.s3.requests.byOperation()).toEqual({});
  });

  it.each(WORKING)('also ends in %s if the functions are older than its state', async (task) => {
    const text = JSON.stringify(readFixture(CONTRACT_VERSION, task));
    const newer = JSON.parse(text.replace(`"contract":${CONTRACT_VERSION}`, `"contract":${CONTRACT_VERSION + 1}`));

    await expect(call(task, newer)).rejects.toMatchObject({
      name: 'ContractVersionError',
      message: expect.stringContaining(`got version ${CONTRACT_VERSION + 1}`),
    });

    expect(mirror.s3.requests.byOperation()).toEqual({});
  });

  it('is finished by FinishRun, with what it did, and whatever its end', async () => {
    const finishes = readFixture<FinishRunInput[]>(PREVIOUS, 'FinishRun');
    const { source, destination } = mirror.createPair();
    const summaries: RunSummary[] = [];
    for (const [index, finish] of finishes.entries()) {
      const moved = JSON.parse(
        JSON.stringify(finish)
          .replaceAll(/source-\d/g, source.name)
          .replaceAll(/destination-\d/g, destination.name),
      ) as FinishRunInput;
      const { state } = moved;
      const own = 'run' in state ? { ...state, run: { ...state.run, id: `recorded-${index}` } } : state;
      summaries.push((await call('FinishRun', { ...moved, state: own })) as RunSummary);
    }

    const errors = summaries.map(({ error }) => error?.name);
    expect(errors).toEqual([undefined, 'AccessDeniedError', 'BucketNotFoundError']);
    expect(summaries[0]?.phases.map(({ name }) => name)).toEqual(['plan', 'sync', 'verify']);
    expect(summaries[0]?.totals).toMatchObject({ copied: 63, deleted: 20 });
  });
});

it('ends a whole run that continues from a recorded state of the version before with the error, and writes nothing', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['1', 'large-1']) source.put(key, 'x');
  destination.put('orphan-1', 'x');
  const [copy, deletes] = [
    readFixture<AdvanceInput>(PREVIOUS, 'AdvanceCopy'),
    readFixture<AdvanceInput>(PREVIOUS, 'AdvanceDelete'),
  ];
  const began: TaskName[] = [];

  const summary = await mirror.run(input, {
    // an execution keeps its definition
    definition: readStateMachine(join(folderOf(PREVIOUS), 'definition.asl')),
    around: async (task, taskInput, invoke) => {
      began.push(task);
      if (task !== 'ValidateInput') return invoke();
      const { run } = (await call(task, { ...(taskInput as object), contract: CONTRACT_VERSION })) as RunState;
      mirror.s3.requests.reset();
      // the same run of the same buckets, but all else as it was recorded
      const own = { id: run.id, executionId: run.executionId, lockId: run.lockId };
      const pair = { source: source.name, destination: destination.name };
      const recorded = { ...copy.run, ...own, input: { ...copy.run.input, ...pair } };
      return { run: recorded, phases: [copy.phase], loops: { copy: copy.loop, delete: deletes.loop }, done: [] };
    },
  });

  expect(began).toContain('CopyRange');
  expect(began).toContain('DeleteRange');
  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ContractVersionError' } });
  expect(summary.error?.message).toContain(`got version ${PREVIOUS}`);
  expect(mirror.s3.requests.byOperation()).toEqual({});
  expect([...contentsOf(destination).keys()]).toEqual(['orphan-1']);
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
});

it('ends a run in whose middle the stack is deployed with the error, and gives its lock back', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x');
  destination.put('orphan', 'x');

  const summary = await mirror.run(input, {
    around: async (task, _input, invoke) => {
      const result = await invoke();
      if (task !== 'ValidateInput') return result;
      const { run, ...state } = result as RunState;
      return { ...state, run: { ...run, contract: PREVIOUS } };
    },
  });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ContractVersionError' } });
  expect(summary.error?.message).toContain(`got version ${PREVIOUS}`);
  expect(contentsOf(destination)).toEqual(new Map([['orphan', expect.anything()]]));
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
});

it('rejects an execution that began with the definition of an earlier deployment', async () => {
  const { source, input } = mirror.createPair();
  source.put('a', 'x');

  const summary = await mirror.run(input, {
    around: async (task, taskInput, invoke) => {
      if (task !== 'ValidateInput') return invoke();
      const { contract: _contract, ...rest } = taskInput as Record<string, unknown>;
      return call(task, rest);
    },
  });

  expect(summary).toMatchObject({ phases: [], error: { name: 'ContractVersionError' } });
  expect(summary.error?.message).toContain('got one without a version');
});
