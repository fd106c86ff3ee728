import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { recordWrites } from '../../support/record-writes';

const mirror = useMemoryMirror();

const KEYS = ['data/1.parquet', 'data/2.parquet', 'manifest.json', 'index.html', 'latest.json', 'deep/latest.json'];

function createLake() {
  const pair = mirror.createPair();
  for (const key of KEYS) pair.source.put(key, `new ${key}`, { lastModified: past });
  pair.destination.put('data/0.parquet', 'an orphan');
  return pair;
}

const sorted = (keys: readonly string[]) => [...keys].sort();

it.each([undefined, false])(
  'copies what `order` names last, one step after the other, and deletes after that: plan %j',
  async (plan) => {
    const { source, destination, input } = createLake();
    const writes = recordWrites(mirror.s3);

    const summary = await mirror.run({ ...input, plan, order: ['*.json', 'latest.json'] });

    expect(summary.status).toBe('succeeded');
    expect(sorted(writes.slice(0, 3))).toEqual(['data/1.parquet', 'data/2.parquet', 'index.html']);
    expect(writes.slice(3)).toEqual(['manifest.json', ...sorted(writes.slice(4, 6)), 'deletes']);
    expect(sorted(writes.slice(4, 6))).toEqual(['deep/latest.json', 'latest.json']);
    const names = summary.phases.map(({ name }) => name);
    const deletes = plan === false ? ['deletes'] : ['first-deletes', 'deletes'];
    expect(names.slice(plan === false ? 0 : 1)).toEqual(['step-1', 'step-2', 'step-3', ...deletes]);
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  },
);

it('copies what `order` names after the pages of a publish, also a page', async () => {
  const { input } = createLake();
  const writes = recordWrites(mirror.s3);

  const summary = await mirror.run({
    ...input,
    mode: 'publish',
    order: ['index.html', 'manifest.json'],
    delete: false,
  });

  expect(writes.slice(-2)).toEqual(['index.html', 'manifest.json']);
  expect(summary.phases.map(({ name }) => name)).toEqual(['plan', 'assets', 'pages', 'step-3', 'step-4']);
});

it('begins no later step and deletes nothing if a copy of a step failed, and says so', async () => {
  const { destination, input } = createLake();
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'manifest.json' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run({ ...input, order: ['manifest.json', 'latest.json'], verify: true });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'SyncIncompleteError', keys: ['manifest.json'] } });
  expect(summary.error?.message).toContain(
    '1 object could not be copied; all others of this step were, no later step was begun, and nothing was deleted.',
  );
  expect(destination.get('latest.json')).toBeUndefined();
  expect(destination.get('data/0.parquet')).toBeDefined();
  expect(destination.get('index.html')).toBeDefined();

  mirror.s3.onRequest = undefined;
  expect(await mirror.run({ ...input, order: ['manifest.json', 'latest.json'] })).toMatchObject({
    status: 'succeeded',
    totals: { copied: 3, deleted: 1 },
  });
});

it('reads `order` as keys of the deployed folder, also in a run of a part of it', async () => {
  const { source, destination } = mirror.createPair();
  for (const key of ['site/feeds/latest.json', 'site/feeds/a.json']) source.put(key, 'x', { lastModified: past });
  const writes = recordWrites(mirror.s3);
  const deployed = { source: source.name, destination: destination.name, prefix: 'site', order: ['feeds/latest.json'] };

  const summary = await mirror.run({ prefix: 'site/feeds' }, { host: { mirrors: [parseDeployedMirror(deployed)] } });

  expect(summary.status).toBe('succeeded');
  expect(writes).toEqual(['site/feeds/a.json', 'site/feeds/latest.json']);
  expect(summary.warnings).toBeUndefined();
});

it('warns of a glob in `order` that names nothing: what it was meant for was copied too early', async () => {
  const { input } = createLake();

  const summary = await mirror.run({ ...input, order: ['lastest.json'] });

  expect(summary.warnings).toEqual([{ name: 'unmatched-globs', message: '`order` "lastest.json" matches no key' }]);
});
