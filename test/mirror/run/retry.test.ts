import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { justBefore } from '../../../lambdas/engine/keys/key-range';
import type { RangeInput, RunSummary } from '../../../statemachine/contract';
import { key } from '../../support/arbitrary-keys';
import { contentsOf } from '../../support/contents';
import { atLength, randomCases } from '../../support/length';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';
import { roundsOf } from '../../support/rounds-of';

const mirror = useMirror();

it('finds a string right before every key', () => {
  fc.assert(
    fc.property(key, (name) => {
      const before = justBefore(name) ?? '';
      expect(before.isWellFormed()).toBe(true);
      expect(compareKeys(before, name)).toBeLessThan(0);
    }),
    randomCases({ quick: 300, full: 2000 }),
  );
  expect(justBefore('')).toBeUndefined();
  expect(justBefore('a/b')).toBe('a/a\u{10ffff}');
  expect(justBefore('a\u0000')).toBe('a');
  expect(justBefore('\ue000')).toBe('\ud7ff\u{10ffff}');
});

const AWKWARD = ['a b+c%20d', 'x//', 'é/\u{1f600}', 'odd\u0001', '\uffff', `long/${'k'.repeat(1000)}`];
const name = (index: number) => `k${String(index).padStart(4, '0')}`;

/** Sixty objects to copy and thirty orphans; the first run fails with some of both. */
async function runWithFailures(refused: readonly string[], more: object = {}) {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 60; index++) source.put(name(index), `content ${index}`, { lastModified: past });
  for (let index = 60; index < 90; index++) destination.put(name(index), 'orphan');
  for (const awkward of AWKWARD) source.put(awkward, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, bucket, key: copied = '' }) => {
    if (bucket !== destination.name) return undefined;
    if (operation === 'DeleteObjects') return { status: 403, code: 'AccessDenied' };
    return operation === 'CopyObject' && refused.includes(copied) ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  const failed = await mirror.run({ ...input, ...more });
  mirror.s3.onRequest = undefined;
  mirror.s3.requests.reset();
  return { source, destination, input: { ...input, ...more }, failed };
}

const keysOf = (summary: RunSummary, action: string) =>
  reportLines(summary, 'actions')
    .filter((line) => line.action === action)
    .map((line) => line.key)
    .sort();

it('copies and deletes what failed, whatever the keys, and nothing else', async () => {
  const refused = [name(7), name(40), ...AWKWARD];
  const { source, destination, input, failed } = await runWithFailures(refused);
  expect(failed).toMatchObject({ status: 'failed', error: { name: 'SyncIncompleteError' } });
  // changed since, but it did not fail
  source.put(name(8), 'changed');
  source.put('new', 'x');
  destination.put('new orphan', 'x');

  const again = await mirror.run({ ...input, retry: failed.runId }, { pageSize: 10 });

  expect(again).toMatchObject({ status: 'succeeded', totals: { copied: refused.length, deleted: 30, failed: 0 } });
  expect(keysOf(again, 'copy')).toEqual([...refused].sort());
  expect(keysOf(again, 'delete')).toEqual(Array.from({ length: 30 }, (_, index) => name(60 + index)));
  expect(destination.get('new orphan')).toBeDefined();
  expect(contentsOf(destination).get(name(8))).not.toEqual(contentsOf(source).get(name(8)));
});

it('looks for lone keys among thousands by HEAD, and lists nothing', async () => {
  const { source, destination, input } = mirror.createPair();
  const lone = [name(7), name(2500), name(4999)];
  for (let index = 0; index < 5000; index++) {
    source.put(name(index), 'x', { lastModified: past });
    if (!lone.includes(name(index))) destination.put(name(index), 'x');
  }
  const orphans = ['a', 'm', 'z'];
  for (const orphan of orphans) destination.put(orphan, 'x');
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'CopyObject' || operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;
  const failed = await mirror.run(input);
  expect(failed.totals).toMatchObject({ failed: 6 });
  mirror.s3.onRequest = undefined;
  mirror.s3.requests.reset();

  const again = await mirror.run({ ...input, retry: failed.runId });

  expect(again).toMatchObject({ status: 'succeeded', totals: { listed: 6, copied: 3, deleted: 3, failed: 0 } });
  // one on each side for each key, and one that shows that the source has content
  expect(mirror.s3.requests.byOperation()).toEqual({ HeadObject: 13, CopyObject: 3, DeleteObjects: 1 });
});

it('deletes nothing that the source has got meanwhile, nor what the filters leave out now', async () => {
  const { source, destination, input, failed } = await runWithFailures([]);
  source.put(name(61), 'put back', { lastModified: past });

  const again = await mirror.run({ ...input, retry: failed.runId, exclude: [name(62)] });

  expect(again).toMatchObject({ status: 'succeeded', totals: { deleted: 28, copied: 0 } });
  expect([61, 62].map((index) => destination.get(name(index)) !== undefined)).toEqual([true, true]);
});

it('keeps to `maxDeletes`, and requires a count', async () => {
  const { destination, input, failed } = await runWithFailures([], { maxDeletes: 30 });

  const guarded = await mirror.run({ ...input, maxDeletes: 29, retry: failed.runId });
  expect(guarded).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' }, totals: { deleted: 0 } });
  expect(destination.get(name(60))).toBeDefined();

  const percentage = await mirror.run({ ...input, maxDeletes: '50%', retry: failed.runId });
  expect(percentage.error).toMatchObject({ name: 'InvalidInputError' });

  const allowed = await mirror.run({ ...input, retry: failed.runId });
  expect(allowed).toMatchObject({ status: 'succeeded', totals: { deleted: 30 } });
});

/** Neither a HEAD nor a listing from right before it says whether the key is there. */
function hide(side: string, hidden: string): void {
  mirror.s3.onRequest = ({ operation, bucket, key: asked, query }) => {
    if (bucket !== side) return undefined;
    const isHead = operation === 'HeadObject' && asked === hidden;
    const isList = operation === 'ListObjectsV2' && query.get('start-after') === justBefore(hidden);
    return isHead || isList ? { status: 403, code: 'AccessDenied' } : undefined;
  };
}

it('goes on over many short rounds until everything is done, and ends with the error of a key that cannot be looked up', async () => {
  const refused = Array.from({ length: atLength({ quick: 36, full: 60 }) }, (_, index) => name(index));
  const { source, destination, input, failed } = await runWithFailures(refused);
  const short = { host: roundsOf(1), pageSize: 7 };

  hide(source.name, name(33));
  const broken = await mirror.run({ ...input, retry: failed.runId }, short);
  expect(broken).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
  mirror.s3.onRequest = undefined;

  const again = await mirror.run({ ...input, retry: failed.runId, verify: true }, short);
  expect(again).toMatchObject({ status: 'succeeded' });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('processes and counts all other keys once if one key cannot be looked up', async () => {
  const { destination, input, failed } = await runWithFailures([name(7), name(8), name(9)], { delete: false });
  hide(destination.name, name(7));

  const broken = await mirror.run({ ...input, retry: failed.runId });

  expect(broken).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
  expect(keysOf(broken, 'copy')).toEqual([name(8), name(9)]);
  expect(broken.totals).toMatchObject({ listed: 2, copied: 2 });
});

it('ignores the half-written report of a killed process', async () => {
  const { input, failed } = await runWithFailures([name(7)], { delete: false });
  const left = `runs/${failed.runId}/failures/sync-copy-0-0-1-0.jsonl.gz.1.draft`;
  writeFileSync(join(mirror.runsFolder, left), gzipSync('{"action":"copy"').subarray(0, 12));

  const again = await mirror.run({ ...input, retry: failed.runId });

  expect(again).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it.each(['../locks', 'a/b', '..', 'never-ran'])('rejects %j as a run to retry', async (retry) => {
  const { source, input } = mirror.createPair();
  source.put('a', 'x');
  expect(await mirror.run({ ...input, retry })).toMatchObject({ error: { name: 'InvalidInputError' }, phases: [] });
});

it('tries nothing again that the plan could not decide and the run then did', async () => {
  // Given a HEAD that fails in the plan alone, and a copy that fails after it
  const { source, destination, input } = mirror.createPair();
  for (const given of ['a', 'b']) {
    source.put(given, 'x', { lastModified: past, user: { owner: 'me' } });
    destination.put(given, 'x', { lastModified: past });
  }
  let isPlanning = false;
  mirror.s3.onRequest = ({ operation, key: asked }) => {
    if (operation === 'HeadObject' && asked === 'a' && isPlanning) return { status: 400, code: 'InvalidRequest' };
    return operation === 'CopyObject' && asked === 'b' ? { status: 403, code: 'AccessDenied' } : undefined;
  };
  const failed = await mirror.run(
    { ...input, compare: 'metadata' },
    {
      around: (task, taskInput, invoke) => {
        isPlanning = task === 'CopyRange' && (taskInput as RangeInput).phase.name === 'plan';
        return invoke();
      },
    },
  );
  expect(failed).toMatchObject({
    error: { name: 'SyncIncompleteError', keys: ['b'] },
    totals: { copied: 1, failed: 1 },
  });
  mirror.s3.onRequest = undefined;
  mirror.s3.requests.reset();

  // When
  const again = await mirror.run({ ...input, compare: 'metadata', retry: failed.runId });

  // Then
  expect(again).toMatchObject({ status: 'succeeded', totals: { listed: 1, copied: 1 } });
});
