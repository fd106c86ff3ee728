import { DISTRIBUTION } from '../../support/use-cloudfront';
import { ALL, CHANGED, DELETED, invalidate, put, useSiteRuns } from './site-runs';

const runs = useSiteRuns();

describe('a run that publishes', () => {
  it('tells CloudFront of all changes, and of pages that are gone, before it deletes anything else; and of that at its end', async () => {
    const { source, destination, run } = runs.createSite();
    const stages: string[] = [];
    runs.cloudFront.onInvalidation = () => {
      const isCopied = destination.get('index.html')?.eTag === source.get('index.html')?.eTag;
      const isDeleted = destination.get('gone/old.css') === undefined;
      stages.push(`${isCopied ? 'copied' : 'not copied'}, ${isDeleted ? 'deleted' : 'not deleted'}`);
    };

    const summary = await run({ mode: 'publish' });

    expect(runs.cloudFront.told()).toEqual([[...CHANGED, '/gone/old.html'].sort(), ['/gone/old.css']]);
    expect(stages).toEqual(['copied, not deleted', 'copied, deleted']);
    expect(summary).toMatchObject({
      status: 'succeeded',
      invalidation: { distribution: DISTRIBUTION, paths: 7, ids: runs.cloudFront.invalidations.map(({ id }) => id) },
    });
    expect(summary.warnings).toBeUndefined();
  });

  it('does the same with an order of its own', async () => {
    const { run } = runs.createSite();

    await run({ order: ['index.html'] });

    expect(runs.cloudFront.told()).toEqual([[...CHANGED, '/gone/old.html'].sort(), DELETED]);
  });

  it('says nothing of deletes before it deletes if it has no plan', async () => {
    const { run } = runs.createSite();

    await run({ mode: 'publish', plan: false });

    expect(runs.cloudFront.told()).toEqual([CHANGED, DELETED]);
  });

  it('names its invalidations, so that repeated Tasks make no others', async () => {
    const { run } = runs.createSite();

    const { runId } = await run(
      { mode: 'publish' },
      {
        around: async (task, _input, invoke) => {
          if (task === 'ClosePhase') await invoke();
          return invoke();
        },
      },
    );

    expect(runs.cloudFront.invalidations.map(({ callerReference }) => callerReference)).toEqual([
      `bucketsync-${runId}-1`,
      `bucketsync-${runId}-2`,
    ]);
  });
});

describe('a run that mirrors', () => {
  it('tells CloudFront once, at its end', async () => {
    const { run } = runs.createSite();

    const summary = await run();

    expect(runs.cloudFront.told()).toEqual([ALL]);
    expect(summary.invalidation?.paths).toBe(7);
  });

  it('is charged for each path', async () => {
    const { run } = runs.createSite();

    const { estimatedCostUsd: cost } = await run();

    expect(cost.items.invalidation).toBe(0.035);
    expect(cost.total).toBeGreaterThan(0.035);
  });

  it('tells nothing if nothing has changed', async () => {
    const { run } = runs.createSite();
    await run();
    runs.cloudFront.server.clear();

    const summary = await run();

    expect(runs.cloudFront.server.requests).toEqual([]);
    expect(summary.invalidation).toEqual({ distribution: DISTRIBUTION, paths: 0, ids: [] });
  });

  it.each([
    [false, []],
    [true, [['/new.html']]],
  ])('tells of new objects only if it is asked to: %s', async (newPaths, paths) => {
    const { source, destination, input } = runs.mirror.createPair();
    put(source, { 'new.html': 'new', same: '' });
    put(destination, { same: '' });

    await runs.mirror.run(
      { ...input, invalidate: { ...invalidate, newPaths } },
      { host: { invalidator: runs.cloudFront.invalidator } },
    );

    expect(runs.cloudFront.told()).toEqual(paths);
  });

  it('tells no one if no one asks for it', async () => {
    const { input } = runs.createSite();

    const summary = await runs.mirror.run(input, { host: { invalidator: runs.cloudFront.invalidator } });

    expect(runs.cloudFront.server.requests).toEqual([]);
    expect(summary.invalidation).toBeUndefined();
  });
});

it('knows keys by their place in the destination', async () => {
  const { source, destination, input } = runs.mirror.createPair();
  put(source, { 'from/index.html': 'new', 'from/other/a': 'new' });
  put(destination, { 'site/v1/index.html': '', 'site/v1/other/a': '' });

  await runs.mirror.run(
    {
      ...{ ...input, prefix: 'from', destinationPrefix: 'site/v1' },
      invalidate: { ...invalidate, originPath: '/site', viewerPrefix: '/docs' },
    },
    { host: { invalidator: runs.cloudFront.invalidator } },
  );

  expect(runs.cloudFront.told()).toEqual([['/docs/v1/', '/docs/v1/index.html', '/docs/v1/other/a']]);
});

it.each([
  [{ paths: ['/all/*'] }, [['/all/*']]],
  [{ paths: ['/all/*'], tags: ['#site'] }, [['/all/*', '#site']]],
  [{ tags: ['#site'], maxPaths: 1 }, [['/*', '#site']]],
  [{ maxPaths: 5 }, [['/', '/app.css', '/index.html', '/docs/*', '/gone/*']]],
  [{ maxPaths: 6, bareFolders: true }, [['/', '/app.css', '/docs', '/index.html', '/docs/*', '/gone/*']]],
])('sends what it is asked to: %j', async (more, paths) => {
  const { run } = runs.createSite();

  await run({ invalidate: { ...invalidate, ...more } });

  expect(runs.cloudFront.told()).toEqual(paths);
});

it('sends given paths only if something has changed that the distribution serves', async () => {
  const { run } = runs.createSite();

  const summary = await run({
    invalidate: { ...invalidate, originPath: '/elsewhere', paths: ['/*'], tags: ['#site'] },
  });

  expect(runs.cloudFront.server.requests).toEqual([]);
  expect(summary.invalidation?.paths).toBe(0);
});

describe('what writes nothing', () => {
  it('is told to nobody, but a plan says how many paths it would be, and what they would cost', async () => {
    const { run } = runs.createSite();

    const summary = await run({ dryRun: true, mode: 'publish' });

    expect(runs.cloudFront.server.requests).toEqual([]);
    expect(summary.invalidation).toEqual({ distribution: DISTRIBUTION, paths: 7, ids: [] });
    expect(summary.estimatedCostUsd.items.invalidation).toBeUndefined();
  });

  it('is told to nobody if a guard ends the run', async () => {
    const { run } = runs.createSite();

    const summary = await run({ maxDeletes: 0 });

    expect(runs.cloudFront.server.requests).toEqual([]);
    expect(summary).toMatchObject({ error: { name: 'DeleteGuardError' }, invalidation: { paths: 0 } });
  });
});

describe('a plan that is applied', () => {
  it('may be told, although it was made without that', async () => {
    const { input, run } = runs.createSite();
    const { runId } = await runs.mirror.run({ ...input, dryRun: true });

    const summary = await run({ apply: runId });

    expect(summary.status).toBe('succeeded');
    expect(runs.cloudFront.told()).toEqual([ALL]);
  });
});

it('tells of an undo as of any run', async () => {
  const { run } = runs.createSite({ destination: { versioning: 'Enabled' } });
  const { runId } = await run();
  runs.cloudFront.server.clear();

  expect((await run({ undo: runId, hold: false })).status).toBe('succeeded');

  // what the run has added is deleted, and what it has deleted is new
  expect(runs.cloudFront.told()).toEqual([[...CHANGED, '/new.html']]);
});
