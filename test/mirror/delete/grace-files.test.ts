import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { MirrorOptions } from '../../support/memory-mirror';
import { roundsOf } from '../../support/rounds-of';
import { useGraceRuns } from './grace-runs';

const runs = useGraceRuns();
const { mirror } = runs;

it.each<[what: string, damage: () => void, isTold: boolean]>([
  ['a part is gone', () => rmSync(runs.filesOf('parts')[0] ?? ''), true],
  ['a part is cut off', () => truncate('parts', 22), true],
  ['a part is empty', () => truncate('parts', 0), true],
  ['a date in a part is another', () => backdate(), true],
  ['a list is cut off', () => truncate('indexes', 40), true],
  ['a list is of something else', () => writeFileSync(runs.filesOf('indexes')[0] ?? '', '{"parts":1}'), true],
  ['all is gone', () => runs.forget(), false],
])('begins anew, and deletes nothing early, if %s', async (_what, damage, isTold) => {
  for (const plan of [undefined, false]) {
    const { destination, input } = runs.createPair(['a'], ['m', 'n']);
    const base = plan === false ? { ...input, plan } : input;
    await runs.runOn(0, base);
    damage();

    const found = await runs.runOn(7, base);

    expect(found).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 2 } });
    const told = (found.warnings ?? []).map(({ name }) => name);
    expect(told).toEqual(isTold ? ['dates-lost'] : []);
    expect((await runs.runOn(13, base)).warnings).toBeUndefined();
    expect(await runs.runOn(14, base)).toMatchObject({ totals: { deleted: 2 } });
    expect(destination.get('m')).toBeUndefined();
    runs.forget();
  }
});

function truncate(kind: 'indexes' | 'parts', bytes: number): void {
  const [file = ''] = runs.filesOf(kind);
  writeFileSync(file, readFileSync(file).subarray(0, bytes));
}

function backdate(): void {
  const [file = ''] = runs.filesOf('parts');
  const body = readFileSync(file);
  body[17] = 0;
  writeFileSync(file, body);
}

it.each([1, 2, 3])(
  'keeps the dates of orphans that a run did not reach before it was killed after %i Tasks',
  async (most) => {
    for (const plan of [undefined, false]) {
      const { input } = runs.createPair(['a'], ['b', 'c', 'd', 'e', 'm', 'z']);
      const base = plan === false ? { ...input, plan } : input;
      await runs.runOn(0, base);
      let left = most;
      const around: MirrorOptions['around'] = async (task, _input, invoke) => {
        if (task !== 'ValidateInput' && left === 0) throw new Error('killed');
        if (/^(Copy|Delete)(One)?Range$/.test(task)) left -= 1;
        return invoke();
      };
      const host = { ...roundsOf(1), isRunning: async () => false };
      await runs.runOn(3, base, { around, host, pageSize: 1, serial: true }).catch(() => {});
      expect(left).toBe(0);

      expect(await runs.runOn(7, base, { host })).toMatchObject({ totals: { deleted: 6 } });
    }
  },
);

it('reads no list that another Task of its phase has written, of which a large run has thousands', async () => {
  const orphans = Array.from({ length: 30 }, (_, index) => `m${index}`);
  const { input } = runs.createPair(['a'], orphans);
  const { runStore } = mirror.hostOf();
  const get = runStore.get.bind(runStore);
  let [lists, tasks] = [0, 0];
  const watched = async (name: string) => {
    if (/^grace\/.*\/indexes\//.test(name)) lists += 1;
    return get(name);
  };
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    if (task === 'FinishRun') tasks = lists;
    return invoke();
  };
  const host = { runStore: Object.assign(runStore, { get: watched }), ...roundsOf(1) };

  expect(await runs.runOn(0, input, { host, around, pageSize: 2 })).toMatchObject({ totals: { deferred: 30 } });

  expect(runs.filesOf('parts').length).toBeGreaterThan(5);
  expect(tasks).toBe(0);
});

it('fails rather than take what cannot be read for what is not there', async () => {
  const { input } = runs.createPair(['a'], ['m']);
  await runs.runOn(0, input);
  const { runStore } = mirror.hostOf();
  const get = runStore.get.bind(runStore);
  const broken = async (name: string) => {
    if (name.startsWith('grace/')) throw new Error('The disk is broken');
    return get(name);
  };

  const failed = await runs.runOn(3, input, { host: { runStore: Object.assign(runStore, { get: broken }) } });

  expect(failed).toMatchObject({ status: 'failed', totals: { deleted: 0 } });
  expect(await runs.runOn(7, input)).toMatchObject({ totals: { deleted: 1 } });
});

it('leaves few files, however many runs break off', async () => {
  const { input } = runs.createPair(['a', 'b', 'c'], ['m', 'n', 'o', 'p']);
  const failing = { ...input, maxDeletes: 0, deleteAfter: '1s' };
  await runs.runOn(0, input);
  for (let day = 1; day < 12; day++) {
    expect(await runs.runOn(day, failing, { pageSize: 1 })).toMatchObject({ error: { name: 'DeleteGuardError' } });
    expect(runs.filesOf('indexes')).toHaveLength(1);
    expect(runs.filesOf('parts').length).toBeLessThan(5);
  }

  expect(await runs.runOn(20, input)).toMatchObject({ totals: { deleted: 4 } });
  await runs.runOn(21, input);
  expect([...runs.filesOf('indexes'), ...runs.filesOf('parts')]).toEqual([]);
});

it.each<[what: string, input: object]>([
  ['is not set', { deleteAfter: undefined }],
  ['is set, but nothing is deleted', { delete: false }],
])('asks the place for reports nothing more if `deleteAfter` %s', async (_what, more) => {
  const { input } = runs.createPair(['a'], ['m']);
  const { runStore } = mirror.hostOf();
  const asked: string[] = [];
  for (const method of ['get', 'put', 'list', 'delete'] as const) {
    const ask = runStore[method].bind(runStore) as (...args: never[]) => unknown;
    const watched = (...args: never[]) => {
      asked.push(String(args[0]));
      return ask(...args);
    };
    Object.assign(runStore, { [method]: watched });
  }

  await runs.runOn(0, { ...input, ...more }, { host: { runStore } });

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => name.startsWith('grace/'))).toEqual([]);
});

it('writes nothing if there is no orphan', async () => {
  const { input } = runs.createPair(['a', 'b'], []);

  for (const plan of [undefined, false]) await runs.runOn(0, { ...input, ...(plan === false && { plan }) });

  expect(existsSync(runs.folder)).toBe(false);
});
