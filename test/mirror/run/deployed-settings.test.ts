import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import { contentsOf as contents } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

/** A site with drafts in it, and a destination with orphans; what is deployed, and how a run of it is started. */
function deploy(settings: object) {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) {
    for (const bucket of [source, destination]) bucket.put(`site/${index}`, 'x', { lastModified: past });
  }
  source.put('drafts/secret.html', 'unpublished', { lastModified: past });
  destination.put('drafts/kept.html', 'protected', { lastModified: past });
  for (const name of ['a', 'b', 'c']) destination.put(`site/orphan-${name}`, 'x', { lastModified: past });
  const mirrors = [parseDeployedMirror({ ...input, ...settings })];
  const start = (request: object) => mirror.run(request, { host: { mirrors } });
  return { source, destination, input, start };
}

it('runs what is deployed for an empty input', async () => {
  const { destination, start } = deploy({ exclude: ['drafts/**'] });

  const summary = await start({});

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 3 } });
  expect(summary.input).toMatchObject({ exclude: ['drafts/**'] });
  expect(contents(destination).has('drafts/secret.html')).toBe(false);
  expect(contents(destination).has('drafts/kept.html')).toBe(true);
});

it.each<[what: string, request: (input: object) => object]>([
  ['names the buckets alone', (input) => input],
  ['excludes nothing', () => ({ exclude: [] })],
  ['excludes something else', () => ({ exclude: ['site/1*'] })],
  ['includes it', () => ({ include: ['drafts/**', '*.html'] })],
  ['names its folder', () => ({ prefix: 'drafts' })],
  ['names its folder, and includes all in it', () => ({ prefix: 'drafts', include: ['**'], exclude: [] })],
  ['names its folder at the destination', () => ({ destinationPrefix: 'drafts', conditional: true })],
])('copies and deletes nothing that the deployment excludes, if an execution %s', async (_what, request) => {
  const { destination, input, start } = deploy({ exclude: ['drafts/**'] });

  await start(request(input));

  expect(contents(destination).has('drafts/secret.html')).toBe(false);
  expect(contents(destination).has('drafts/kept.html')).toBe(true);
});

it.each<object>([
  { prefix: 'no-such-folder', destinationPrefix: '', allowEmptySource: true },
  { prefix: 'no-such-folder', destinationPrefix: '' },
  { prefix: 'drafts', destinationPrefix: 'site' },
  { allowEmptySource: true },
  { maxDeletes: 3 },
  { delete: true, mode: 'publish' },
  { storageClass: 'DEEP_ARCHIVE' },
  { source: 'elsewhere' },
  { destination: 'elsewhere' },
  { anything: true },
])('rejects %j before it asks S3 for anything', async (request) => {
  const { destination, start } = deploy({ maxDeletes: 2 });
  const before = contents(destination);
  mirror.s3.requests.reset();

  const { error } = await start(request);

  expect(error).toMatchObject({ name: 'InvalidInputError' });
  expect(mirror.s3.requests.total).toBe(0);
  expect(contents(destination)).toEqual(before);
});

it.each([
  [2, '100%', '`maxDeletes` allows 2'],
  ['10%', 100, '`maxDeletes` allows 10% (2 of them)'],
  ['100%', 2, '`maxDeletes` allows 2'],
])('holds to both limits, %j as deployed and %j as asked for', async (deployed, asked, message) => {
  const { start } = deploy({ maxDeletes: deployed, exclude: ['drafts/**'] });

  const { error, totals } = await start({ maxDeletes: asked });

  expect(error).toMatchObject({ name: 'DeleteGuardError', message: expect.stringContaining(message) });
  expect(totals.deleted).toBe(0);
});

it('mirrors a sub-folder into the one that belongs to it, and nothing beside', async () => {
  const { source, destination, start } = deploy({ destinationPrefix: 'www', exclude: ['drafts/**'] });
  source.put('site/new', 'x', { lastModified: past });
  destination.put('www/kept', 'x', { lastModified: past });

  const summary = await start({ prefix: 'site' });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 21, deleted: 0 } });
  expect([...contents(destination).keys()].filter((key) => key.startsWith('www/site/'))).toHaveLength(21);
  expect(contents(destination).has('www/kept')).toBe(true);
});

it('says in the summary what was deployed and limited the input', async () => {
  const { start } = deploy({ exclude: ['drafts/**'], include: ['site/**'], maxDeletes: '50%' });

  const summary = await start({ prefix: 'site', maxDeletes: 5 });

  expect(summary.deployed).toEqual({
    folder: 'site/',
    include: ['site/**'],
    exclude: ['drafts/**'],
    maxDeletes: '50%',
  });
});

describe('a retry under a deployed percentage', () => {
  async function failToDelete(appliesPlan = false) {
    const deployed = deploy({ maxDeletes: '20%', exclude: ['drafts/**'] });
    const request = appliesPlan ? { apply: (await deployed.start({ dryRun: true })).runId } : {};
    const { runId } = await failing(() => deployed.start(request));
    return { ...deployed, runId };
  }

  async function failing<T>(start: () => Promise<T>): Promise<T> {
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' ? { status: 409, code: 'OperationAborted' } : undefined;
    try {
      return await start();
    } finally {
      mirror.s3.onRequest = undefined;
    }
  }

  it('may delete what the run has left of the percentage', async () => {
    const { start, runId } = await failToDelete();

    expect(await start({ retry: runId })).toMatchObject({ status: 'succeeded', totals: { deleted: 3 } });
  });

  it('may delete what a run that has applied a plan has left of the percentage', async () => {
    const { start, runId } = await failToDelete(true);

    expect(await start({ retry: runId })).toMatchObject({ status: 'succeeded', totals: { deleted: 3 } });
  });

  it('may be retried', async () => {
    const { start, runId } = await failToDelete();
    const again = await failing(() => start({ retry: runId }));
    expect(again.error?.name).toBe('SyncIncompleteError');

    expect(await start({ retry: again.runId })).toMatchObject({ status: 'succeeded', totals: { deleted: 3 } });
  });

  it('may be limited further', async () => {
    const { start, runId } = await failToDelete();

    expect(await start({ retry: runId, maxDeletes: 2 })).toMatchObject({ error: { name: 'DeleteGuardError' } });
  });

  it('is rejected if the run was about other folders', async () => {
    const { runId } = await failToDelete();
    const { start } = deploy({ maxDeletes: '20%' });

    expect((await start({ retry: runId })).error?.message).toContain('the id of a run between the same folders');
  });
});
