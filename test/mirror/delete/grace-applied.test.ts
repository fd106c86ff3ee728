import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { holdersOf } from '../../support/lock-object';
import { past } from '../../support/memory-mirror';
import { useGraceRuns } from './grace-runs';

const runs = useGraceRuns();
const { mirror } = runs;

/** Builds of a site, each with a folder of its own, and the bucket that they are published to. */
function createSite(...published: string[]) {
  const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  put(destination, '', published);
  const base = { ...input, mode: 'publish', destinationPrefix: '' };
  const plan = (day: number, build: string, ...keys: string[]): Promise<RunSummary> => {
    put(source, `${build}/`, keys);
    return runs.runOn(day, { ...base, prefix: build, dryRun: true });
  };
  const apply = (day: number, { runId, input: planned }: RunSummary) =>
    runs.runOn(day, { ...base, prefix: (planned as { prefix: string }).prefix, apply: runId });
  const publish = async (day: number, build: string, ...keys: string[]) => apply(day, await plan(day, build, ...keys));
  const run = (day: number, build: string) => runs.runOn(day, { ...base, prefix: build });
  return { source, destination, base, plan, apply, publish, run };
}

function put(bucket: Bucket, folder: string, keys: readonly string[]): void {
  for (const key of keys) bucket.put(folder + key, key, { lastModified: past });
}

it('deletes an old asset with the first plan after its time, which begins when the plan without it is applied', async () => {
  const site = createSite('index.html', 'a.js');
  const first = await site.plan(0, 'pr-1', 'index.html', 'b.js');
  expect(first).toMatchObject({ totals: { deleted: 0, deferred: 1 } });

  expect(await site.apply(2, first)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 0 } });
  expect(await site.plan(8.99, 'pr-2', 'index.html', 'c.js')).toMatchObject({ totals: { deleted: 0, deferred: 2 } });
  const second = await site.plan(9, 'pr-3', 'index.html', 'c.js');

  expect(second).toMatchObject({ keptPlan: { copies: 1, deletes: 1 }, totals: { deferred: 1 } });
  expect(await site.apply(10, second)).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
  expect([...contentsOf(site.destination).keys()]).toEqual(['b.js', 'c.js', 'index.html']);
  // `b.js` has waited since day 10
  expect(await site.publish(16.99, 'pr-3')).toMatchObject({ totals: { deleted: 0 } });
  expect(await site.publish(17, 'pr-3')).toMatchObject({ totals: { deleted: 1 } });
});

it('begins the time of an orphan although there is nothing to copy or delete, under the lock', async () => {
  const site = createSite('index.html', 'a.html');

  const applied = await site.publish(0, 'pr-1', 'index.html');

  expect(applied).toMatchObject({ status: 'succeeded', wrote: false });
  expect(holdersOf(site.destination)).toEqual([]);
  expect(await site.publish(7, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
});

it('begins no time in a plan that nobody applies', async () => {
  const site = createSite('index.html', 'a.js');
  await site.plan(0, 'pr-1', 'index.html');

  expect(await site.plan(8, 'pr-1')).toMatchObject({ totals: { deleted: 0, deferred: 1 } });
});

it('begins anew if a plan that was applied has brought the key back', async () => {
  const site = createSite('index.html', 'a.js');
  await site.publish(0, 'pr-1', 'index.html');
  await site.publish(3, 'pr-2', 'index.html', 'a.js');

  expect(await site.publish(8, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
  expect(await site.publish(14.9, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
  expect(await site.publish(15, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
});

describe('a run between a plan and its application', () => {
  it('has begun the time of what both call orphans', async () => {
    const site = createSite('index.html', 'a.js');
    const plan = await site.plan(0, 'pr-1', 'index.html');
    await site.run(1, 'pr-1');
    await site.apply(3, plan);

    expect(await site.plan(7.9, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
    expect(await site.plan(8, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
  });

  it('ends the time of what it has found at its source', async () => {
    const site = createSite('index.html', 'a.js');
    await site.publish(0, 'pr-1', 'index.html');
    const plan = await site.plan(2, 'pr-1');
    await site.publish(3, 'pr-2', 'index.html', 'a.js');
    await site.apply(4, plan);

    expect(await site.plan(10.9, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
    expect(await site.plan(11, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
  });

  it('begins no time of what the plan has at its source', async () => {
    const site = createSite('index.html', 'a.js');
    const plan = await site.plan(0, 'pr-2', 'index.html', 'a.js', 'b.js');
    put(site.source, 'pr-1/', ['index.html']);
    await site.run(1, 'pr-1');
    await site.apply(2, plan);

    expect(await site.plan(8, 'pr-1')).toMatchObject({ totals: { deleted: 0, deferred: 2 } });
  });
});

it('begins no time if the plan could not be carried out before its deletes', async () => {
  const site = createSite('index.html', 'a.js');
  const plan = await site.plan(0, 'pr-1', 'index.html', 'b.js');
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'b.js' ? { status: 403, code: 'AccessDenied' } : undefined;
  expect(await site.apply(1, plan)).toMatchObject({ error: { name: 'SyncIncompleteError' } });
  mirror.s3.onRequest = undefined;
  expect(await site.apply(3, plan)).toMatchObject({ status: 'succeeded' });

  expect(await site.plan(9.9, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
  expect(await site.plan(10, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
});

it('begins anew after an undo of what was applied', async () => {
  const site = createSite('index.html', 'a.js');
  const { runId } = await site.publish(0, 'pr-1', 'index.html', 'b.js');
  await runs.runOn(2, { ...site.base, prefix: 'pr-1', deleteAfter: undefined, undo: runId, hold: false });

  expect(await site.publish(8, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
  expect(await site.publish(15, 'pr-1')).toMatchObject({ totals: { deleted: 1 } });
});

it.each<[what: string, damage: (folder: string) => void]>([
  ['a part is gone', (folder) => emptied(join(folder, 'parts'))],
  ['a list is cut off', (folder) => cutOff(join(folder, 'indexes'))],
  ['all is gone', (folder) => rmSync(folder, { recursive: true })],
])(
  'lets all orphans begin to wait anew if what the plan says of them is lost, and says so: %s',
  async (_what, damage) => {
    const site = createSite('index.html', 'a.js');
    await site.publish(0, 'pr-1', 'index.html');
    put(site.destination, '', ['b.js']);
    const plan = await site.plan(3, 'pr-1');
    damage(join(mirror.runsFolder, 'runs', plan.runId, 'dates'));

    const applied = await site.apply(4, plan);

    expect(applied).toMatchObject({ totals: { deleted: 0 }, warnings: [{ name: 'dates-lost' }] });
    expect(await site.publish(8, 'pr-1')).toMatchObject({ totals: { deleted: 0 } });
    expect(await site.publish(15, 'pr-1')).toMatchObject({ status: 'succeeded', totals: { deleted: 2 } });
  },
);

function emptied(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
}

function cutOff(folder: string): void {
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), '{"layers":[');
}
