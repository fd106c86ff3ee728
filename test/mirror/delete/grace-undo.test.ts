import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PlaceOfDates } from '../../../lambdas/engine/grace/place-of-dates';
import { lastUndo, noteUndo } from '../../../lambdas/engine/grace/undos';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import { past } from '../../support/memory-mirror';
import { useGraceRuns } from './grace-runs';

const runs = useGraceRuns();
const { mirror } = runs;

/** A run replaces the page, and an undo shows readers the former one again, which names an orphan. */
function createSite(folder: string) {
  const pair = mirror.createPair({ destination: { versioning: 'Enabled' } });
  for (const key of ['index.html', 'new.js']) pair.source.put(`${folder}${key}`, 'new', { lastModified: past });
  for (const key of ['index.html', 'old.js']) pair.destination.put(`${folder}${key}`, 'old', { lastModified: past });
  return { ...pair, input: { ...pair.input, mode: 'publish', prefix: folder } };
}

it.each([undefined, false])('lets orphans wait anew from the next run on: plan %j', async (plan) => {
  const { destination, input } = createSite('');
  const base = { ...input, plan };
  const { runId } = await runs.runOn(0, base);
  expect(await runs.runOn(6, { ...input, undo: runId, hold: false })).toMatchObject({ status: 'succeeded' });
  expect(await runs.runOn(8, { ...base, dryRun: true })).toMatchObject({ totals: { deleted: 0, deferred: 1 } });

  expect(await runs.runOn(8, base)).toMatchObject({ totals: { copied: 2, deleted: 0, deferred: 1 } });
  expect(await runs.runOn(14.9, base)).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
  expect(await runs.runOn(15, base)).toMatchObject({ totals: { deleted: 1 } });
  expect(destination.get('old.js')).toBeUndefined();
});

it.each<[what: string, folder: string, undo: object, deleted: number]>([
  ['of all', 'site/', { prefix: '' }, 0],
  ['of a part', 'site/', { prefix: 'site/' }, 0],
  ['of another folder', 'site/', { prefix: 'site-2/' }, 1],
  ['that writes nothing', 'site/', { prefix: 'site/', dryRun: true }, 1],
])('counts an undo of former days: %s', async (_what, folder, undo, deleted) => {
  const { source, destination, input } = createSite(folder);
  await runs.runOn(0, input);
  source.put('site-2/a', 'x', { lastModified: past });
  source.put(`${folder}more.js`, 'x', { lastModified: past });
  const { prefix } = { prefix: folder, ...undo };
  const { runId } = await runs.runOn(1, { ...input, prefix });
  expect(await runs.runOn(2, { ...input, ...undo, undo: runId, hold: false })).toMatchObject({ status: 'succeeded' });

  expect(await runs.runOn(7, input)).toMatchObject({ totals: { deleted } });
  expect(destination.get(`${folder}old.js`) === undefined).toBe(deleted === 1);
});

it('counts an undo that was killed at its end, and that had nothing left to do when it was repeated', async () => {
  const { input } = createSite('');
  const { runId } = await runs.runOn(0, input);
  const undo = { ...input, undo: runId, hold: false, lock: 'none' };
  const killed = new Error('killed');
  const around = (task: string, _input: unknown, invoke: () => Promise<unknown>) =>
    task === 'FinishRun' ? Promise.reject(killed) : invoke();
  await runs.runOn(6, undo, { around }).catch(() => {});

  expect(await runs.runOn(6.1, undo)).toMatchObject({ status: 'succeeded', wrote: false, totals: { unchanged: 2 } });

  expect(await runs.runOn(8, input)).toMatchObject({ totals: { copied: 2, deleted: 0, deferred: 1 } });
});

it('counts undos of many folders of one bucket that end at the same time', async () => {
  const { input } = mirror.createPair();
  const host = mirror.hostOf();
  const parsed = (folder: string) => parseSyncInput({ ...input, destinationPrefix: folder });
  const folders = Array.from({ length: 8 }, (_, index) => `${index}/`);
  const startedAt = '2026-06-01T00:00:00.000Z';

  await Promise.all(folders.map((folder) => noteUndo({ input: parsed(folder), startedAt }, host)));

  for (const folder of folders)
    expect(await lastUndo(new PlaceOfDates(parsed(folder), host), host.runStore)).toBe(Date.parse(startedAt));
});

it('takes no date for valid if the note of undos is damaged, and says so', async () => {
  const { input } = createSite('');
  const { runId } = await runs.runOn(0, input);
  await runs.runOn(1, { ...input, undo: runId, hold: false });
  const [note = ''] = readdirSync(join(runs.folder, 'undone'));
  writeFileSync(join(runs.folder, 'undone', note), '[{]');
  await runs.runOn(2, input);

  expect(await runs.runOn(9, input)).toMatchObject({
    totals: { deleted: 0, deferred: 1 },
    warnings: [expect.objectContaining({ name: 'dates-lost', message: expect.stringContaining(note) })],
  });
});
