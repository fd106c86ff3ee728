import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SyncRequest } from '../../../statemachine/contract';
import { formatNotes } from '../../../wording/format-notes';
import { contentsOf } from '../../support/contents';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { withoutPlans } from '../../support/without-plans';

const mirror = useMemoryMirror();
const graceFolder = () => join(mirror.runsFolder, 'grace');
afterEach(() => rmSync(graceFolder(), { recursive: true, force: true }));

function createPair(keys: readonly string[], orphans: readonly string[], folder = '') {
  const pair = mirror.createPair();
  for (const key of keys) pair.source.put(folder + key, 'x', { lastModified: past });
  for (const key of [...keys, ...orphans]) pair.destination.put(folder + key, 'x', { lastModified: past });
  return pair;
}

/** A run on a day of June. */
function runOn(day: number, input: SyncRequest | object, options: MirrorOptions = {}) {
  const startedAt = new Date(Date.UTC(2026, 5, 1) + day * 86_400_000);
  return mirror.run({ deleteAfter: '7d', ...input }, { startedAt, ...options });
}

function filesOf(kind: 'indexes' | 'parts'): string[] {
  if (!existsSync(graceFolder())) return [];
  return readdirSync(graceFolder()).flatMap((one) => {
    const folder = join(graceFolder(), one, kind);
    return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  });
}

const ways: [how: string, input: object, options: MirrorOptions][] = [
  ['a plan that is applied', {}, {}],
  ['deletes without a plan', { plan: false }, {}],
  ['a publish without a plan', { plan: false, mode: 'publish' }, {}],
  ['pages of two objects', {}, { pageSize: 2 }],
  ['rounds of a moment', { plan: false }, { pageSize: 1, host: { roundBudgetsMs: [1] } }],
  ['a limit of deletes', { maxDeletes: 1 }, {}],
];

describe.each(ways)('with %s', (_how, more, options) => {
  it('deletes an orphan with the first run after its time, and not before', async () => {
    const { destination, input } = createPair(['a', 'z'], ['m']);

    for (const day of [0, 1, 6.99]) {
      const summary = await runOn(day, { ...input, ...more }, options);
      expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 1 } });
    }
    const last = await runOn(7, { ...input, ...more }, options);

    expect(last).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
    expect(last.totals.deferred).toBeUndefined();
    expect([...contentsOf(destination).keys()]).toEqual(['a', 'z']);
  });

  it('begins anew when the source had the key in between', async () => {
    const { source, destination, input } = createPair(['a'], ['m']);
    await runOn(0, { ...input, ...more }, options);
    source.put('m', 'x', { lastModified: past });
    await runOn(3, { ...input, ...more }, options);
    source.remove('m');

    expect(await runOn(8, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
    expect(await runOn(14, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 0 } });
    expect(await runOn(15, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 1 } });
    expect(destination.get('m')).toBeUndefined();
  });
});

it('counts an orphan that waits as skipped, and says so in the report', async () => {
  const { input } = createPair(['a'], ['m', 'n']);

  const summary = await runOn(0, input);

  expect(summary.totals).toMatchObject({ deleted: 0, skipped: 2, deferred: 2 });
  expect(formatNotes(summary)).toEqual([
    'Kept: 2 objects that the source lacks. A run deletes each of them once the source has lacked it for 7d',
  ]);
  const page = readFileSync(join(summary.report ?? '', 'report.html'), 'utf8');
  expect(page).toContain('Nothing had to be copied or deleted, 2 to delete later');
  const lines = reportLines(summary, 'actions');
  expect(lines.map(({ action, outcome, reason, key }) => [action, outcome, reason, key]).sort()).toEqual([
    ['skip', 'done', 'grace', 'm'],
    ['skip', 'done', 'grace', 'n'],
  ]);
});

it('shows in a plan what waits, but starts no clock', async () => {
  const { input } = createPair(['a'], ['m']);

  const plan = await runOn(0, { ...input, dryRun: true });
  expect(plan).toMatchObject({ totals: { deleted: 0, deferred: 1 }, keptPlan: { deletes: 0 } });
  expect(existsSync(graceFolder())).toBe(false);
  await runOn(1, input);

  expect(await runOn(7, { ...input, dryRun: true })).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  const due = await runOn(8, { ...input, dryRun: true });
  expect(due).toMatchObject({ totals: { deleted: 1 }, keptPlan: { deletes: 1 } });
  expect(await runOn(8, { ...input, apply: due.runId })).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
});

it('calls no orphan that waits drift, not even one that came after the plan', async () => {
  const { source, destination, input } = createPair(['a'], ['m']);
  source.put('copied', 'x', { lastModified: past });
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    const result = await invoke();
    if (task === 'ClosePhase' && !destination.get('new')) destination.put('new', 'x');
    return result;
  };

  const summary = await runOn(0, { ...input, verify: true }, { around });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deferred: 1 } });
  expect(summary.phases.at(-1)).toMatchObject({ name: 'verify', delete: { deleted: 0, deferred: 2 } });
});

it('counts only what would be deleted now for `maxDeletes`, of all that take part', async () => {
  const { destination, input } = createPair(['a'], ['m', 'n', 'o']);
  await runOn(0, { ...input, maxDeletes: 0 });
  destination.put('p', 'x', { lastModified: past });

  const refused = await runOn(8, { ...input, maxDeletes: '59%' });
  expect(refused).toMatchObject({ error: { name: 'DeleteGuardError' }, wrote: false });
  expect(await runOn(9, { ...input, maxDeletes: '60%' })).toMatchObject({ totals: { deleted: 3, deferred: 1 } });
  expect(await runOn(15, { ...input, maxDeletes: 1 })).toMatchObject({ totals: { deleted: 1 } });
});

it('begins anew if somebody replaces the orphan', async () => {
  const { destination, input } = createPair(['a'], ['m']);
  await runOn(0, input);
  destination.put('m', 'x', { lastModified: new Date(past.getTime() + 1000) });

  expect(await runOn(8, input)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  expect(await runOn(15, input)).toMatchObject({ totals: { deleted: 1 } });
});

it('keeps dates when `deleteAfter` changes, or was left out of a run without deletes', async () => {
  const { input } = createPair(['a'], ['m']);
  await runOn(0, { ...input, deleteAfter: '30d' });
  await runOn(1, { ...input, delete: false });
  await runOn(2, { ...input, deleteAfter: '12h', maxDeletes: 0 }); // refused

  expect(await runOn(3, { ...input, deleteAfter: '4d' })).toMatchObject({ totals: { deferred: 1 } });
  expect(await runOn(4, { ...input, deleteAfter: '4d' })).toMatchObject({ totals: { deleted: 1 } });
});

describe('a run that does not look at everything', () => {
  it.each<[what: string, input: object]>([
    ['leaves the orphan out by a glob', { exclude: ['m*'] }],
    ['leaves it out by its size', { minSize: '1MiB' }],
    ['begins behind it', { startAfter: 'n' }],
    ['is about another folder', { prefix: 'other', destinationPrefix: 'other', allowEmptySource: true }],
    ['deletes nothing', { delete: false }],
  ])('keeps its date if it %s', async (_what, narrow) => {
    for (const plan of [undefined, false]) {
      const { input } = createPair(['a', 'z'], ['m']);
      const base = plan === false ? { ...input, plan } : input;
      await runOn(0, base);
      for (const day of [2, 4]) await runOn(day, { ...base, ...narrow });

      expect(await runOn(7, base)).toMatchObject({ totals: { deleted: 1 } });
    }
  });

  it('knows the dates of the whole mirror in a run of a part of it, and the other way round', async () => {
    const { source, destination, input } = createPair(['a', 'img/b'], ['img/m', 'img/n'], 'site/');
    const whole = { ...input, prefix: 'site', destinationPrefix: 'site' };
    const part = { ...input, prefix: 'site/img', destinationPrefix: 'site/img' };
    await runOn(0, whole);
    source.put('site/img/n', 'x', { lastModified: past });
    await runOn(2, part);
    source.remove('site/img/n');
    await runOn(3, whole);

    expect(await runOn(7, part)).toMatchObject({ totals: { deleted: 1, deferred: 1 } });
    expect(destination.get('site/img/n')).toBeDefined();
    expect(await runOn(9.99, part)).toMatchObject({ totals: { deferred: 1 } });
    expect(await runOn(10, part)).toMatchObject({ totals: { deleted: 1 } });
  });

  it('begins anew if a run of some keys has seen the source have it', async () => {
    const { source, input } = createPair(['a'], ['m', 'n']);
    await runOn(0, input);
    source.put('m', 'x', { lastModified: past });
    const list = join(mirror.runsFolder, 'keys.txt');
    writeFileSync(list, 'm\nn\n');
    const named = await runOn(2, { ...input, keys: `file://${list}` });
    expect(named).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 1 } });
    source.remove('m');

    expect(await runOn(7, { ...input, keys: `file://${list}` })).toMatchObject({ totals: { deleted: 1, deferred: 1 } });
    expect(await runOn(13, input)).toMatchObject({ totals: { deferred: 1 } });
    expect(await runOn(14, input)).toMatchObject({ totals: { deleted: 1 } });
  });
});

it('keeps two mirrors apart that share a bucket and the place for reports', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const folder of ['one', 'two']) {
    source.put(`${folder}/a`, 'x', { lastModified: past });
    destination.put(`${folder}/a`, 'x', { lastModified: past });
    destination.put(`${folder}/m`, 'x', { lastModified: past });
  }
  const one = { ...input, prefix: 'one' };
  const two = { ...input, prefix: 'two' };
  await runOn(0, one);
  await runOn(3, two);

  expect(await runOn(7, one)).toMatchObject({ totals: { deleted: 1 } });
  expect(await runOn(7, two)).toMatchObject({ totals: { deferred: 1 } });
  expect(await runOn(10, two)).toMatchObject({ totals: { deleted: 1 } });
});

it.each<[what: string, damage: () => void, isTold: boolean]>([
  ['a part is gone', () => rmSync(filesOf('parts')[0] ?? ''), true],
  ['a part is cut off', () => truncate('parts', 22), true],
  ['a part is empty', () => truncate('parts', 0), true],
  ['a date in a part is another', () => backdate(), true],
  ['a list is cut off', () => truncate('indexes', 40), true],
  ['a list is of something else', () => writeFileSync(filesOf('indexes')[0] ?? '', '{"parts":1}'), true],
  ['all is gone', () => rmSync(graceFolder(), { recursive: true }), false],
])('begins anew, and deletes nothing early, if %s', async (_what, damage, isTold) => {
  for (const plan of [undefined, false]) {
    const { destination, input } = createPair(['a'], ['m', 'n']);
    const base = plan === false ? { ...input, plan } : input;
    await runOn(0, base);
    damage();

    const found = await runOn(7, base);

    expect(found).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 2 } });
    const told = (found.warnings ?? []).map(({ name }) => name);
    expect(told).toEqual(isTold ? ['dates-lost'] : []);
    expect((await runOn(13, base)).warnings).toBeUndefined();
    expect(await runOn(14, base)).toMatchObject({ totals: { deleted: 2 } });
    expect(destination.get('m')).toBeUndefined();
    rmSync(graceFolder(), { recursive: true, force: true });
  }
});

function truncate(kind: 'indexes' | 'parts', bytes: number): void {
  const [file = ''] = filesOf(kind);
  writeFileSync(file, readFileSync(file).subarray(0, bytes));
}

function backdate(): void {
  const [file = ''] = filesOf('parts');
  const body = readFileSync(file);
  body[17] = 0;
  writeFileSync(file, body);
}

it.each([1, 2, 3])(
  'keeps the dates of orphans that a run did not reach before it was killed after %i Tasks',
  async (most) => {
    for (const plan of [undefined, false]) {
      const { input } = createPair(['a'], ['b', 'c', 'd', 'e', 'm', 'z']);
      const base = plan === false ? { ...input, plan } : input;
      await runOn(0, base);
      let left = most;
      const around: MirrorOptions['around'] = async (task, _input, invoke) => {
        if (task !== 'ValidateInput' && left === 0) throw new Error('killed');
        if (/^(Copy|Delete)(One)?Range$/.test(task)) left -= 1;
        return invoke();
      };
      const host = { roundBudgetsMs: [1], isRunning: async () => false };
      await runOn(3, base, { around, host, pageSize: 1, serial: true }).catch(() => {});
      expect(left).toBe(0);

      expect(await runOn(7, base, { host })).toMatchObject({ totals: { deleted: 6 } });
    }
  },
);

it('keeps the date of an orphan whose delete has failed, and lets a retry delete it', async () => {
  for (const plan of [undefined, false]) {
    const { input } = createPair(['a'], ['m', 'n']);
    const base = plan === false ? { ...input, plan } : input;
    await runOn(0, base);
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;
    const failed = await runOn(7, base);
    mirror.s3.onRequest = undefined;
    expect(failed).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { deleted: 0, failed: 2 } });

    expect(await runOn(7.01, { ...input, retry: failed.runId })).toMatchObject({ totals: { deleted: 2 } });
  }
});

it('reads no list that another Task of its phase has written, of which a large run has thousands', async () => {
  const orphans = Array.from({ length: 30 }, (_, index) => `m${index}`);
  const { input } = createPair(['a'], orphans);
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
  const host = { runStore: Object.assign(runStore, { get: watched }), roundBudgetsMs: [1] };

  expect(await runOn(0, input, { host, around, pageSize: 2 })).toMatchObject({ totals: { deferred: 30 } });

  expect(filesOf('parts').length).toBeGreaterThan(5);
  expect(tasks).toBe(0);
});

it('fails rather than take what cannot be read for what is not there', async () => {
  const { input } = createPair(['a'], ['m']);
  await runOn(0, input);
  const { runStore } = mirror.hostOf();
  const get = runStore.get.bind(runStore);
  const broken = async (name: string) => {
    if (name.startsWith('grace/')) throw new Error('The disk is broken');
    return get(name);
  };

  const failed = await runOn(3, input, { host: { runStore: Object.assign(runStore, { get: broken }) } });

  expect(failed).toMatchObject({ status: 'failed', totals: { deleted: 0 } });
  expect(await runOn(7, input)).toMatchObject({ totals: { deleted: 1 } });
});

it('leaves few files, however many runs break off', async () => {
  const { input } = createPair(['a', 'b', 'c'], ['m', 'n', 'o', 'p']);
  const failing = { ...input, maxDeletes: 0, deleteAfter: '1s' };
  await runOn(0, input);
  for (let day = 1; day < 12; day++) {
    expect(await runOn(day, failing, { pageSize: 1 })).toMatchObject({ error: { name: 'DeleteGuardError' } });
    expect(filesOf('indexes')).toHaveLength(1);
    expect(filesOf('parts').length).toBeLessThan(5);
  }

  expect(await runOn(20, input)).toMatchObject({ totals: { deleted: 4 } });
  await runOn(21, input);
  expect([...filesOf('indexes'), ...filesOf('parts')]).toEqual([]);
});

it.each<[what: string, input: object]>([
  ['is not set', { deleteAfter: undefined }],
  ['is set, but nothing is deleted', { delete: false }],
])('asks the place for reports nothing more if `deleteAfter` %s', async (_what, more) => {
  const { input } = createPair(['a'], ['m']);
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

  await runOn(0, { ...input, ...more }, { host: { runStore } });

  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((name) => name.startsWith('grace/'))).toEqual([]);
});

it('writes nothing if there is no orphan', async () => {
  const { input } = createPair(['a', 'b'], []);

  for (const plan of [undefined, false]) await runOn(0, { ...input, ...(plan === false && { plan }) });

  expect(existsSync(graceFolder())).toBe(false);
});

it('is rejected without a place for reports, where no date could be kept', async () => {
  const { input } = createPair(['a'], ['m']);
  const host = { runStore: withoutPlans(mirror) };

  const { error } = await runOn(0, input, { host });

  expect(error).toMatchObject({ name: 'InvalidInputError' });
  expect(error?.message).toMatch(/^Expected a place for reports if `deleteAfter` is set, got none, and "7d"/);
  expect(await runOn(0, { ...input, delete: false }, { host })).toMatchObject({ status: 'succeeded' });
});

it('is rejected if the place for reports keeps the dates within the mirror', async () => {
  const reports = mirror.s3.createBucket('grace-reports');
  const { input } = createPair(['a'], []);
  const { runStore } = mirror.hostOf();
  Object.assign(runStore, { locate: (name: string) => `s3://${reports.name}/${name}` });

  const { error } = await runOn(0, { ...input, source: reports.name, prefix: 'grace' }, { host: { runStore } });

  expect(error?.message).toContain('s3://grace-reports/grace/ and s3://grace-reports/grace/ overlap');
});
