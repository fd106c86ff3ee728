import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../../../local/s3/bucket';
import type { RunSummary } from '../../../statemachine/contract';
import { past } from '../../support/any-mirror';
import { useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';
import { contentOf, publish } from './publish';

const mirror = useMemoryMirror();

function countVersions(bucket: Bucket): number {
  const records = [...bucket.index.after('')].filter(({ key }) => !key.startsWith('.bucketsync/'));
  return records.reduce((sum, { versions }) => sum + versions.length, 0);
}

function left(summary: RunSummary): Record<string, string> {
  return Object.fromEntries(reportLines(summary, 'failures').map(({ key, reason }) => [key, reason]));
}

it('brings back what a run has replaced, deleted and added, with headers, metadata, tags and class', async () => {
  const { destination, before, undo } = await publish(mirror);
  const summary = await undo();
  expect(summary.error).toBeUndefined();
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, overwritten: 1, deleted: 1 } });
  expect(contentOf(destination)).toEqual(before);
});

it('publishes again if the undo is undone', async () => {
  const { destination, after, before, undo } = await publish(mirror);
  const first = await undo();
  const second = await undo(first.runId);
  expect(second.status).toBe('succeeded');
  expect(contentOf(destination)).toEqual(after);
  expect((await undo(second.runId)).status).toBe('succeeded');
  expect(contentOf(destination)).toEqual(before);
});

it('changes nothing if it is repeated', async () => {
  const { destination, before, undo } = await publish(mirror);
  await undo();
  const versions = countVersions(destination);
  const again = await undo();
  expect(again.error).toBeUndefined();
  expect(again).toMatchObject({ status: 'succeeded', wrote: false, totals: { copied: 0, deleted: 0 } });
  expect(contentOf(destination)).toEqual(before);
  expect(countVersions(destination)).toBe(versions);
});

it('leaves alone what somebody has changed since, and lists it', async () => {
  const { destination, before, undo } = await publish(mirror);
  destination.put('changed', 'by somebody');
  destination.put('orphan', 'by somebody');
  const summary = await undo();
  expect(summary).toMatchObject({
    status: 'failed',
    error: { name: 'UndoIncompleteError', keys: ['changed', 'orphan'] },
  });
  expect(left(summary)).toEqual({ changed: 'changed-since', orphan: 'changed-since' });
  expect(summary.totals).toMatchObject({ failed: 2, outdated: 2 });
  expect(contentOf(destination)).toEqual({
    same: before.same,
    changed: expect.objectContaining({ eTag: destination.get('changed')?.eTag }),
    orphan: expect.anything(),
  });
});

it('says of each key whose former version is gone that it is', async () => {
  const { destination, undo } = await publish(mirror);
  for (const key of ['changed', 'orphan'])
    destination.removeVersion(key, destination.index.get(key)?.versions.at(-1)?.versionId as string);
  const summary = await undo();
  expect(summary.error?.name).toBe('UndoIncompleteError');
  expect(left(summary)).toEqual({ changed: 'expired', orphan: 'expired' });
  expect(destination.get('new/page.html')).toBeUndefined();
});

it('shows what it would do, and writes nothing, in a dry run', async () => {
  const { destination, after, run, undo } = await publish(mirror);
  const summary = await undo(run.runId, { dryRun: true });
  expect(summary).toMatchObject({
    status: 'succeeded',
    wrote: false,
    totals: { copied: 2, overwritten: 1, deleted: 1 },
  });
  expect(contentOf(destination)).toEqual(after);
});

it('needs neither the source bucket nor the right to remove versions', async () => {
  const { source, destination, before, undo } = await publish(mirror);
  source.denied.add('s3:*');
  destination.denied.add('s3:DeleteObjectVersion');
  expect((await undo()).status).toBe('succeeded');
  expect(contentOf(destination)).toEqual(before);
});

it('uses the steps of the run: assets, pages, deletes', async () => {
  const { destination, before, undo } = await publish(mirror, { mode: 'publish' });
  const summary = await undo(undefined, { mode: 'publish' });
  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'assets', 'pages', 'first-deletes', 'deletes']);
  expect(contentOf(destination)).toEqual(before);
});

it.each(['Suspended', undefined] as const)(
  'rejects a run whose destination keeps no versions: %s',
  async (versioning) => {
    const { source, input } = mirror.createPair({ destination: { versioning } });
    source.put('a', 'a', { lastModified: past });
    const { runId } = await mirror.run(input);
    const { error } = await mirror.run({ ...input, undo: runId });
    expect(error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('keeps no versions') });
  },
);

it('brings back what a run that only deleted has deleted', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  for (const key of ['a', 'b', 'c']) source.put(key, 'same', { lastModified: past });
  for (const key of ['a', 'b', 'c', 'orphan', 'orphan.html']) destination.put(key, 'same');
  const before = contentOf(destination);
  const run = await mirror.run({ ...input, mode: 'publish' });
  expect(run).toMatchObject({ keepsVersions: true, totals: { copied: 0, deleted: 2 } });

  expect(await mirror.run({ ...input, undo: run.runId })).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  expect(contentOf(destination)).toEqual(before);
});

it.each<[mode: 'mirror' | 'publish', failing: string]>([
  ['mirror', 'changed'],
  ['mirror', 'new/page.html'],
  ['publish', 'changed'],
  ['publish', 'new/page.html'],
])('takes back what a run has done that failed in part: %s, %s', async (mode, failing) => {
  const { source, destination, input } = mirror.createPair({ destination: { versioning: 'Enabled' } });
  for (const key of ['changed', 'changed-2', 'new/page.html', 'new/page-2.html'])
    source.put(key, 'after', { lastModified: past });
  for (const key of ['changed', 'changed-2', 'orphan']) destination.put(key, 'before');
  const before = contentOf(destination);
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === failing ? { status: 403, code: 'AccessDenied' } : undefined;
  const run = await mirror.run({ ...input, mode });
  mirror.s3.onRequest = undefined;
  expect(run).toMatchObject({ status: 'failed', keepsVersions: true });

  const undone = await mirror.run({ ...input, mode, undo: run.runId });

  expect(undone.error).toBeUndefined();
  expect(contentOf(destination)).toEqual(before);
});

it('deletes at once what the run has added, whatever `deleteAfter` says', async () => {
  const { destination, before, input, run } = await publish(mirror, { deleteAfter: '7d' });
  expect(run.totals).toMatchObject({ deleted: 0, deferred: 1 });

  const summary = await mirror.run({ ...input, deleteAfter: '7d', undo: run.runId });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
  expect(contentOf(destination)).toEqual(before);
});

it('takes back a part by a glob, and the rest later', async () => {
  const { destination, before, run, undo } = await publish(mirror);
  await undo(run.runId, { include: ['new/**'], hold: false });
  expect(destination.get('new/page.html')).toBeUndefined();
  expect(contentOf(destination)).not.toEqual(before);

  expect(await undo(run.runId, { hold: false })).toMatchObject({ status: 'succeeded' });
  expect(contentOf(destination)).toEqual(before);
});

it.each<[what: string, order: string[]]>([
  ['one that names everything', ['**']],
  ['several that name the same', ['*.html', 'new/**', '**']],
  ['one that names nothing', ['no-such-key']],
])('goes by steps that overlap: %s', async (_what, order) => {
  const { destination, before, undo } = await publish(mirror, { order });
  expect((await undo(undefined, { order })).error).toBeUndefined();
  expect(contentOf(destination)).toEqual(before);
});

describe('after a second run has changed the same keys', () => {
  async function publishTwice() {
    const first = await publish(mirror);
    const { source, input } = first;
    source.put('changed', 'even later', { lastModified: past });
    source.remove('new/page.html');
    source.put('orphan', 'back again', { lastModified: past });
    const second = await mirror.run({ ...input, compare: 'always' });
    expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 3, deleted: 1 } });
    return { ...first, second };
  }

  it('leaves alone what the later run has changed', async () => {
    const { undo } = await publishTwice();
    const { error } = await undo();
    expect(error).toMatchObject({ name: 'UndoIncompleteError', keys: ['changed', 'orphan'] });
  });

  it('takes back both, the later one first', async () => {
    const { destination, before, after, run, second, undo } = await publishTwice();
    await undo(second.runId, { hold: false });
    expect(contentOf(destination)).toEqual(after);

    const summary = await undo(run.runId, { hold: false });

    expect(summary.error).toBeUndefined();
    expect(contentOf(destination)).toEqual(before);
    expect(await undo(run.runId, { hold: false })).toMatchObject({ status: 'succeeded', wrote: false });
  });
});

it.each<[what: string, isGone: (file: string) => boolean]>([
  ['all of it', () => true],
  ['what was copied', (file) => file.startsWith('sync-copy')],
  ['what was deleted', (file) => file.startsWith('sync-delete')],
])('rejects a run whose report no longer says %s', async (_what, isGone) => {
  const { run, undo, destination, after } = await publish(mirror);
  const folder = join(run.report ?? '', 'actions');
  for (const file of readdirSync(folder).filter(isGone)) rmSync(join(folder, file));
  if (isGone('')) rmSync(join(run.report ?? '', 'tallies'), { recursive: true });

  const { error, wrote } = await undo();

  expect(error).toMatchObject({ name: 'InvalidInputError', message: expect.stringMatching(/(is|are) gone/) });
  expect(wrote).toBe(false);
  expect(contentOf(destination)).toEqual(after);
});

it('needs no file about what the run has found before it wrote', async () => {
  const { run, undo, destination, before } = await publish(mirror);
  const folder = join(run.report ?? '', 'actions');
  const found = readdirSync(folder).filter((file) => file.startsWith('plan-'));
  expect(found).not.toEqual([]);
  for (const file of found) rmSync(join(folder, file));

  expect(await undo()).toMatchObject({ status: 'succeeded' });
  expect(contentOf(destination)).toEqual(before);
});
