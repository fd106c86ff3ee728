import type { PhaseEnd } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { recordWrites } from '../../support/record-writes';

const mirror = useMemoryMirror();

function createSite() {
  const pair = mirror.createPair();
  for (const key of ['index.html', 'blog/post.html', 'app.js', 'img/a.png']) {
    pair.source.put(key, `new ${key}`, { lastModified: past });
  }
  pair.destination.put('index.html', 'an outdated page', { lastModified: new Date('2025-01-01T00:00:00Z') });
  pair.destination.put('old.js', 'an orphan');
  return pair;
}

it('publishes assets, then pages, then deletes', async () => {
  const { source, destination, input } = createSite();
  const writes = recordWrites(mirror.s3);

  const summary = await mirror.run({ ...input, mode: 'publish' });

  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'assets', 'pages', 'first-deletes', 'deletes']);
  expect(writes.slice(0, 2).sort()).toEqual(['app.js', 'img/a.png']);
  expect(writes.slice(2, 4).sort()).toEqual(['blog/post.html', 'index.html']);
  expect(writes.slice(4)).toEqual(['deletes']);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('publishes a page after the assets however its ending is written', async () => {
  const { source, input } = createSite();
  for (const key of ['INDEX.HTML', 'zz/Old.Htm', 'index.html5', 'html']) source.put(key, 'x');
  const writes = recordWrites(mirror.s3);

  await mirror.run({ ...input, mode: 'publish' });

  expect(writes.slice(0, 4).sort()).toEqual(['app.js', 'html', 'img/a.png', 'index.html5']);
  expect(writes.slice(4, 8).sort()).toEqual(['INDEX.HTML', 'blog/post.html', 'index.html', 'zz/Old.Htm']);
});

it('publishes no page and deletes nothing if an asset failed', async () => {
  const { destination, input } = createSite();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'app.js' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run({ ...input, mode: 'publish', verify: true });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'SyncIncompleteError', keys: ['app.js'] } });
  expect(summary.error?.message).toContain(
    '1 object could not be copied; all other assets were, no page was copied, and nothing was deleted.',
  );
  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'assets']);
  expect([...contentsOf(destination).keys()]).toEqual(['img/a.png', 'index.html', 'old.js']);
});

it('deletes nothing if a page failed, and says so', async () => {
  const { destination, input } = createSite();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'index.html' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run({ ...input, mode: 'publish' });

  expect(summary.error?.message).toContain('1 object could not be copied; all others were, and nothing was deleted.');
  expect(destination.get('old.js')).toBeDefined();
});

it('plans without a single write, and predicts what the run then does', async () => {
  const { destination, input } = createSite();
  const before = contentsOf(destination);

  const plan = await mirror.run({ ...input, dryRun: true, verify: true });

  expect(contentsOf(destination)).toEqual(before);
  const operations = Object.keys(mirror.s3.requests.byOperation());
  expect(operations).toEqual(['ListObjectsV2']);
  const run = await mirror.run(input);
  expect(plan.phases.map(({ name }) => name)).toEqual(['plan']);
  expect([plan.totals.copied, plan.totals.copiedBytes, plan.totals.deleted]).toEqual([
    run.totals.copied,
    run.totals.copiedBytes,
    run.totals.deleted,
  ]);
});

it('verifies that nothing differs', async () => {
  const { input } = createSite();
  const summary = await mirror.run({ ...input, verify: true });
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 4, deleted: 1 } });
  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'sync', 'verify']);
});

it('says what it could not compare if verifying fails', async () => {
  const { input } = createSite();
  let verifying = false;
  mirror.s3.onRequest = ({ operation, key }) =>
    verifying && operation === 'HeadObject' && key === 'app.js' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run(
    { ...input, verify: true, compare: 'metadata' },
    {
      around: async (task, taskInput, invoke) => {
        const result = await invoke();
        verifying ||= task === 'ClosePhase' && (taskInput as PhaseEnd).phases[0]?.name === 'sync';
        return result;
      },
    },
  );

  expect(summary.error).toMatchObject({ name: 'SyncIncompleteError', keys: ['app.js'] });
  expect(summary.error?.message).toContain('1 object could not be compared; all others were.');
});

it('ends with DriftError if somebody else writes to the destination meanwhile', async () => {
  const { destination, input } = createSite();

  const summary = await mirror.run(
    { ...input, verify: true },
    {
      around: async (task, _input, invoke) => {
        const result = await invoke();
        if (task === 'ClosePhase' && destination.get('app.js')) destination.put('intruder', 'x');
        return result;
      },
    },
  );

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'DriftError' } });
  expect(destination.get('intruder')).toBeDefined();
});

it('keeps orphans with `delete: false`', async () => {
  const { destination, input } = createSite();
  const summary = await mirror.run({ ...input, delete: false });
  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0 } });
  expect(destination.get('old.js')).toBeDefined();
  expect(mirror.s3.requests.of('DeleteObjects')).toBe(0);
});

it('gives what it copies the storage class and the tags that were asked for', async () => {
  const { source, destination, input } = createSite();
  source.put('tagged', 'x', { tags: [['team', 'blue']], storageClass: 'STANDARD_IA', lastModified: past });

  await mirror.run(input);
  expect(destination.get('tagged')).toMatchObject({ storageClass: 'STANDARD_IA', tags: [['team', 'blue']] });

  await mirror.run({ ...input, compare: 'always', storageClass: 'GLACIER_IR', tags: 'ignore' });
  expect(destination.get('tagged')).toMatchObject({ storageClass: 'GLACIER_IR', tags: [] });
});
