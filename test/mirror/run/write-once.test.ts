import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunStore } from '../../../lambdas/engine/ports/run-store';
import { writeOnce } from '../../../lambdas/engine/report/write-once';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { RunState } from '../../../statemachine/contract';
import { past, useMemoryMirror } from '../../support/memory-mirror';

/** Answers each `putIfAbsent` with the next of `answers`; what is there then is `found`. */
function storeOf(answers: (boolean | Error)[], found: (string | undefined)[]) {
  const put: string[] = [];
  const store: Partial<RunStore> = {
    locate: (name) => `s3://reports/${name}`,
    async putIfAbsent() {
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    async get() {
      const body = found.shift();
      return body === undefined ? undefined : { body: Buffer.from(body), version: '' };
    },
    async put(_name, body) {
      put.push(String(body));
    },
  };
  return { store: store as RunStore, put };
}

const pauses: number[] = [];
const write = async (store: RunStore) =>
  (await writeOnce(store, 'runs/1/part', 'mine', async (pause) => void pauses.push(pause)))?.toString();
const refused = (name: string) => Object.assign(new Error(name), { name });

it('leaves the existing object, and says what it is', async () => {
  const { store, put } = storeOf([false], ['theirs']);
  expect(await write(store)).toBe('theirs');
  expect(put).toEqual([]);
});

it('tries again while another write to the same name is under way', async () => {
  pauses.length = 0;
  const { store } = storeOf([false, false, true], [undefined, undefined]);
  expect(await write(store)).toBeUndefined();
  expect(pauses).toEqual([500, 1000]);
});

it('ends with an error if it can neither write nor read', async () => {
  await expect(write(storeOf([], []).store)).rejects.toThrow('Could neither write nor read s3://reports/runs/1/part');
});

it('ends with the error of the store, and writes nothing in another way', async () => {
  const { store, put } = storeOf([refused('AccessDenied')], []);
  await expect(write(store)).rejects.toThrow('AccessDenied');
  expect(put).toEqual([]);
});

describe('a report', () => {
  const mirror = useMemoryMirror();
  const read = (report = '', name: string) => readFileSync(join(report, name), 'utf8');

  it('keeps the summary and the page of the first attempt of FinishRun, whose answer was lost', async () => {
    const { source, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    const written: string[] = [];
    let now = Date.now();
    const summary = await mirror.run(input, {
      host: { now: () => now++ },
      around: async (task, _input, invoke) => {
        const first = (await invoke()) as { report?: string };
        if (task !== 'FinishRun') return first;
        written.push(read(first.report, 'summary.json'), read(first.report, 'report.html'));
        now += 60_000;
        return invoke();
      },
    });
    expect([read(summary.report, 'summary.json'), read(summary.report, 'report.html')]).toEqual(written);
    expect(JSON.parse(written[0] ?? '')).toEqual(summary);
  });

  it('loses no part if S3 wrote the part and the answer was lost', async () => {
    const { source, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    const store = openRunStore(mirror.reportLocation);
    const putIfAbsent: RunStore['putIfAbsent'] = async (name, body) => {
      await openRunStore(mirror.reportLocation).putIfAbsent(name, body);
      return openRunStore(mirror.reportLocation).putIfAbsent(name, body);
    };
    const summary = await mirror.run(input, { host: { runStore: Object.assign(store, { putIfAbsent }) } });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  });

  it('is never mixed with the report of another run of the same name: that run is rejected, and copies nothing', async () => {
    const { source, destination, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    const { runId } = await mirror.run(input);
    destination.remove('a');

    const again = await mirror.run(input, {
      around: (task, taskInput, invoke) => {
        if (task === 'ValidateInput') Object.assign(taskInput as object, { executionName: runId });
        return invoke();
      },
    });

    expect(again.error).toMatchObject({ name: 'InvalidInputError' });
    expect(again.error?.message).toContain(`got the execution "${runId}": its report is in `);
    expect(destination.get('a')).toBeUndefined();
  });

  it('is not replaced by a run that got the same name at the same moment', async () => {
    const { source, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    const first = await mirror.run(input);
    const before = read(first.report, 'summary.json');
    const errors: unknown[] = [];

    const second = mirror.run(input, {
      // on a quick machine both would take as long, and have the same summary
      host: { now: () => Date.now() + 60_000 },
      around: async (task, _input, invoke) => {
        const result = await invoke().catch((error) => {
          errors.push(error);
          throw error;
        });
        if (task === 'ValidateInput') Object.assign((result as RunState).run, { id: first.runId });
        return result;
      },
    });

    await expect(second).rejects.toThrow(`no other run to have the name ${first.runId}`);
    // Another attempt would change nothing.
    expect(errors).toEqual([expect.objectContaining({ name: 'RunNameTakenError' })]);
    expect(read(first.report, 'summary.json')).toBe(before);
  });
});
