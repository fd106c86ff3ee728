import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNotes } from '../../../wording/format-notes';
import { contentsOf } from '../../support/contents';
import { type MirrorOptions, past } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { roundsOf } from '../../support/rounds-of';
import { withoutPlans } from '../../support/without-plans';
import { useGraceRuns } from './grace-runs';

const runs = useGraceRuns();
const { mirror } = runs;

const ways: [how: string, input: object, options: MirrorOptions][] = [
  ['a plan that is applied', {}, {}],
  ['deletes without a plan', { plan: false }, {}],
  ['a publish without a plan', { plan: false, mode: 'publish' }, {}],
  ['pages of two objects', {}, { pageSize: 2 }],
  ['rounds of a moment', { plan: false }, { pageSize: 1, host: roundsOf(1) }],
  ['a limit of deletes', { maxDeletes: 1 }, {}],
];

describe.each(ways)('with %s', (_how, more, options) => {
  it('deletes an orphan with the first run after its time, and not before', async () => {
    const { destination, input } = runs.createPair(['a', 'z'], ['m']);

    for (const day of [0, 1, 6.99]) {
      const summary = await runs.runOn(day, { ...input, ...more }, options);
      expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 1 } });
    }
    const last = await runs.runOn(7, { ...input, ...more }, options);

    expect(last).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
    expect(last.totals.deferred).toBeUndefined();
    expect([...contentsOf(destination).keys()]).toEqual(['a', 'z']);
  });

  it('begins anew when the source had the key in between', async () => {
    const { source, destination, input } = runs.createPair(['a'], ['m']);
    await runs.runOn(0, { ...input, ...more }, options);
    source.put('m', 'x', { lastModified: past });
    await runs.runOn(3, { ...input, ...more }, options);
    source.remove('m');

    expect(await runs.runOn(8, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
    expect(await runs.runOn(14, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 0 } });
    expect(await runs.runOn(15, { ...input, ...more }, options)).toMatchObject({ totals: { deleted: 1 } });
    expect(destination.get('m')).toBeUndefined();
  });
});

it('counts an orphan that waits as skipped, and says so in the report', async () => {
  const { input } = runs.createPair(['a'], ['m', 'n']);

  const summary = await runs.runOn(0, input);

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
  const { input } = runs.createPair(['a'], ['m']);

  const plan = await runs.runOn(0, { ...input, dryRun: true });
  expect(plan).toMatchObject({ totals: { deleted: 0, deferred: 1 }, keptPlan: { deletes: 0 } });
  expect(existsSync(runs.folder)).toBe(false);
  await runs.runOn(1, input);

  expect(await runs.runOn(7, { ...input, dryRun: true })).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  const due = await runs.runOn(8, { ...input, dryRun: true });
  expect(due).toMatchObject({ totals: { deleted: 1 }, keptPlan: { deletes: 1 } });
  expect(await runs.runOn(8, { ...input, apply: due.runId })).toMatchObject({
    status: 'succeeded',
    totals: { deleted: 1 },
  });
});

it('calls no orphan that waits drift, not even one that came after the plan', async () => {
  const { source, destination, input } = runs.createPair(['a'], ['m']);
  source.put('copied', 'x', { lastModified: past });
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    const result = await invoke();
    if (task === 'ClosePhase' && !destination.get('new')) destination.put('new', 'x');
    return result;
  };

  const summary = await runs.runOn(0, { ...input, verify: true }, { around });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deferred: 1 } });
  expect(summary.phases.at(-1)).toMatchObject({ name: 'verify', delete: { deleted: 0, deferred: 2 } });
});

it('counts only what would be deleted now for `maxDeletes`, of all that take part', async () => {
  const { destination, input } = runs.createPair(['a'], ['m', 'n', 'o']);
  await runs.runOn(0, { ...input, maxDeletes: 0 });
  destination.put('p', 'x', { lastModified: past });

  const refused = await runs.runOn(8, { ...input, maxDeletes: '59%' });
  expect(refused).toMatchObject({ error: { name: 'DeleteGuardError' }, wrote: false });
  expect(await runs.runOn(9, { ...input, maxDeletes: '60%' })).toMatchObject({ totals: { deleted: 3, deferred: 1 } });
  expect(await runs.runOn(16, { ...input, maxDeletes: 1 })).toMatchObject({ totals: { deleted: 1 } });
});

it('begins anew if somebody replaces the orphan', async () => {
  const { destination, input } = runs.createPair(['a'], ['m']);
  await runs.runOn(0, input);
  destination.put('m', 'x', { lastModified: new Date(past.getTime() + 1000) });

  expect(await runs.runOn(8, input)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  expect(await runs.runOn(15, input)).toMatchObject({ totals: { deleted: 1 } });
});

it('keeps dates when `deleteAfter` changes, or was left out of a run without deletes', async () => {
  const { input } = runs.createPair(['a'], ['m']);
  await runs.runOn(0, { ...input, deleteAfter: '30d' });
  await runs.runOn(1, { ...input, delete: false });
  await runs.runOn(2, { ...input, deleteAfter: '12h', maxDeletes: 0 }); // refused

  expect(await runs.runOn(3, { ...input, deleteAfter: '4d' })).toMatchObject({ totals: { deferred: 1 } });
  expect(await runs.runOn(4, { ...input, deleteAfter: '4d' })).toMatchObject({ totals: { deleted: 1 } });
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
      const { input } = runs.createPair(['a', 'z'], ['m']);
      const base = plan === false ? { ...input, plan } : input;
      await runs.runOn(0, base);
      for (const day of [2, 4]) await runs.runOn(day, { ...base, ...narrow });

      expect(await runs.runOn(7, base)).toMatchObject({ totals: { deleted: 1 } });
    }
  });

  it('knows the dates of the whole mirror in a run of a part of it, and the other way round', async () => {
    const { source, destination, input } = runs.createPair(['a', 'img/b'], ['img/m', 'img/n'], 'site/');
    const whole = { ...input, prefix: 'site', destinationPrefix: 'site' };
    const part = { ...input, prefix: 'site/img', destinationPrefix: 'site/img' };
    await runs.runOn(0, whole);
    source.put('site/img/n', 'x', { lastModified: past });
    await runs.runOn(2, part);
    source.remove('site/img/n');
    await runs.runOn(3, whole);

    expect(await runs.runOn(7, part)).toMatchObject({ totals: { deleted: 1, deferred: 1 } });
    expect(destination.get('site/img/n')).toBeDefined();
    expect(await runs.runOn(9.99, part)).toMatchObject({ totals: { deferred: 1 } });
    expect(await runs.runOn(10, part)).toMatchObject({ totals: { deleted: 1 } });
  });

  it('begins anew if a run of some keys has seen the source have it', async () => {
    const { source, input } = runs.createPair(['a'], ['m', 'n']);
    await runs.runOn(0, input);
    source.put('m', 'x', { lastModified: past });
    const list = join(mirror.runsFolder, 'keys.txt');
    writeFileSync(list, 'm\nn\n');
    const named = await runs.runOn(2, { ...input, keys: `file://${list}` });
    expect(named).toMatchObject({ status: 'succeeded', totals: { deleted: 0, deferred: 1 } });
    source.remove('m');

    expect(await runs.runOn(7, { ...input, keys: `file://${list}` })).toMatchObject({
      totals: { deleted: 1, deferred: 1 },
    });
    expect(await runs.runOn(13, input)).toMatchObject({ totals: { deferred: 1 } });
    expect(await runs.runOn(14, input)).toMatchObject({ totals: { deleted: 1 } });
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
  await runs.runOn(0, one);
  await runs.runOn(3, two);

  expect(await runs.runOn(7, one)).toMatchObject({ totals: { deleted: 1 } });
  expect(await runs.runOn(7, two)).toMatchObject({ totals: { deferred: 1 } });
  expect(await runs.runOn(10, two)).toMatchObject({ totals: { deleted: 1 } });
});

it('keeps the date of an orphan whose delete has failed, and lets a retry delete it', async () => {
  for (const plan of [undefined, false]) {
    const { input } = runs.createPair(['a'], ['m', 'n']);
    const base = plan === false ? { ...input, plan } : input;
    await runs.runOn(0, base);
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;
    const failed = await runs.runOn(7, base);
    mirror.s3.onRequest = undefined;
    expect(failed).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { deleted: 0, failed: 2 } });

    expect(await runs.runOn(7.01, { ...input, retry: failed.runId })).toMatchObject({ totals: { deleted: 2 } });
  }
});

it('is rejected without a place for reports, where no date could be kept', async () => {
  const { input } = runs.createPair(['a'], ['m']);
  const host = { runStore: withoutPlans(mirror) };

  const { error } = await runs.runOn(0, input, { host });

  expect(error).toMatchObject({ name: 'InvalidInputError' });
  expect(error?.message).toMatch(/^Expected a place for reports if `deleteAfter` is set, got none, and "7d"/);
  expect(await runs.runOn(0, { ...input, delete: false }, { host })).toMatchObject({ status: 'succeeded' });
});

it('is rejected if the place for reports keeps the dates within the mirror', async () => {
  const reports = mirror.s3.createBucket('grace-reports');
  const { input } = runs.createPair(['a'], []);
  const { runStore } = mirror.hostOf();
  Object.assign(runStore, { locate: (name: string) => `s3://${reports.name}/${name}` });

  const { error } = await runs.runOn(0, { ...input, source: reports.name, prefix: 'grace' }, { host: { runStore } });

  expect(error?.message).toContain('s3://grace-reports/grace/ and s3://grace-reports/grace/ overlap');
});
