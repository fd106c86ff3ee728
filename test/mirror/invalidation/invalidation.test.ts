import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { InvalidationRequest, Invalidator } from '../../../lambdas/engine/ports/invalidator';
import { openInvalidator } from '../../../lambdas/host/invalidator/open-invalidator';
import type { Bucket } from '../../../local/s3';
import type { PhaseEnd, RunSummary, SyncRequest } from '../../../statemachine/contract';
import { type MirrorOptions, past } from '../../support/any-mirror';
import { FakeCloudFront } from '../../support/fake-cloudfront';
import { useMemoryMirror } from '../../support/memory-mirror';

const DISTRIBUTION = 'EDFDVBD6EXAMPLE';
const invalidate = { distribution: DISTRIBUTION };

const mirror = useMemoryMirror();

/** What is called when CloudFront makes an invalidation. */
let onInvalidation: (() => void) | undefined;
let cloudFront: FakeCloudFront;
let invalidator: Invalidator;
beforeAll(async () => {
  cloudFront = await FakeCloudFront.start({ onInvalidation: () => onInvalidation?.() });
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.endpoint,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  invalidator = openInvalidator(process.env);
});
afterAll(() => cloudFront.close());
beforeEach(() => {
  cloudFront.clear();
  onInvalidation = undefined;
});

/** A site of which a run changes, adds and deletes pages and assets. */
function createSite(options: Parameters<typeof mirror.createPair>[0] = {}) {
  const pair = mirror.createPair(options);
  put(pair.source, {
    'index.html': 'new',
    'docs/index.html': 'new',
    'new.html': 'new',
    'app.css': 'new',
    'same.js': '',
  });
  put(pair.destination, { 'index.html': '', 'docs/index.html': '', 'app.css': '', 'same.js': '' });
  put(pair.destination, { 'gone/old.html': '', 'gone/old.css': '' });
  const run = (request: Partial<SyncRequest> = {}, { host, ...more }: MirrorOptions = {}) =>
    mirror.run({ ...pair.input, invalidate, ...request }, { ...more, host: { invalidator, ...host } });
  return { ...pair, run };
}

function put(bucket: Bucket, objects: Readonly<Record<string, string>>): void {
  for (const [key, text] of Object.entries(objects)) bucket.put(key, text, { lastModified: past });
}

/** The first attempt of each such Task is carried out, but its report and its result are lost. */
function losingFirstAttempt(name: string, ofPhase: string, afterwards = () => {}): MirrorOptions {
  let isLost = false;
  return {
    around: async (task, input, invoke) => {
      const { phase, run } = input as { phase?: { name: string }; run?: { id: string } };
      const isFirst = !isLost && task === name && phase?.name === ofPhase;
      const result = await invoke();
      if (!isFirst) return result;
      isLost = true;
      const folder = join(mirror.runsFolder, 'runs', run?.id ?? '', 'actions');
      for (const file of readdirSync(folder)) if (file.startsWith(`${ofPhase}-`)) rmSync(join(folder, file));
      afterwards();
      return invoke();
    },
  };
}

/** The paths of each invalidation. */
function told(): (readonly string[])[] {
  return cloudFront.invalidations.map(({ paths }) => paths);
}

const CHANGED = ['/', '/app.css', '/docs/', '/docs/index.html', '/index.html'];
const DELETED = ['/gone/old.css', '/gone/old.html'];

describe('a run that publishes', () => {
  it('tells CloudFront of all changes, and of pages that are gone, before it deletes anything else; and of that at its end', async () => {
    const { source, destination, run } = createSite();
    const stages: string[] = [];
    onInvalidation = () => {
      const isCopied = destination.get('index.html')?.eTag === source.get('index.html')?.eTag;
      const isDeleted = destination.get('gone/old.css') === undefined;
      stages.push(`${isCopied ? 'copied' : 'not copied'}, ${isDeleted ? 'deleted' : 'not deleted'}`);
    };

    const summary = await run({ mode: 'publish' });

    expect(told()).toEqual([[...CHANGED.slice(0, 4), '/gone/old.html', '/index.html'], ['/gone/old.css']]);
    expect(stages).toEqual(['copied, not deleted', 'copied, deleted']);
    expect(summary).toMatchObject({
      status: 'succeeded',
      invalidation: { distribution: DISTRIBUTION, paths: 7, ids: cloudFront.invalidations.map(({ id }) => id) },
    });
    expect(summary.warnings).toBeUndefined();
  });

  it('does the same with an order of its own', async () => {
    const { run } = createSite();

    await run({ order: ['index.html'] });

    expect(told()).toEqual([[...CHANGED.slice(0, 4), '/gone/old.html', '/index.html'], DELETED]);
  });

  it('says nothing of deletes before it deletes if it has no plan', async () => {
    const { run } = createSite();

    await run({ mode: 'publish', plan: false });

    expect(told()).toEqual([CHANGED, DELETED]);
  });

  it('names its invalidations, so that repeated Tasks make no others', async () => {
    const { run } = createSite();

    const { runId } = await run(
      { mode: 'publish' },
      {
        around: async (task, _input, invoke) => {
          if (task === 'ClosePhase') await invoke();
          return invoke();
        },
      },
    );

    expect(cloudFront.invalidations.map(({ callerReference }) => callerReference)).toEqual([
      `bucketsync-${runId}-1`,
      `bucketsync-${runId}-2`,
    ]);
  });
});

describe('a run that mirrors', () => {
  it('tells CloudFront once, at its end', async () => {
    const { run } = createSite();

    const summary = await run();

    expect(told()).toEqual([[...CHANGED.slice(0, 4), ...DELETED, '/index.html']]);
    expect(summary.invalidation?.paths).toBe(7);
  });

  it('is charged for each path', async () => {
    const { run } = createSite();

    const { estimatedCostUsd: cost } = await run();

    expect(cost.items.invalidation).toBe(0.035);
    expect(cost.total).toBeGreaterThan(0.035);
  });

  it('tells nothing if nothing has changed', async () => {
    const { run } = createSite();
    await run();
    cloudFront.clear();

    const summary = await run();

    expect(cloudFront.requests).toEqual([]);
    expect(summary.invalidation).toEqual({ distribution: DISTRIBUTION, paths: 0, ids: [] });
  });

  it.each([
    [false, []],
    [true, [['/new.html']]],
  ])('tells of new objects only if it is asked to: %s', async (newPaths, paths) => {
    const { source, destination, input } = mirror.createPair();
    put(source, { 'new.html': 'new', same: '' });
    put(destination, { same: '' });

    await mirror.run({ ...input, invalidate: { ...invalidate, newPaths } }, { host: { invalidator } });

    expect(told()).toEqual(paths);
  });

  it('tells no one if no one asks for it', async () => {
    const { input } = createSite();

    const summary = await mirror.run(input, { host: { invalidator } });

    expect(cloudFront.requests).toEqual([]);
    expect(summary.invalidation).toBeUndefined();
  });
});

it('knows keys by their place in the destination', async () => {
  const { source, destination, input } = mirror.createPair();
  put(source, { 'from/index.html': 'new', 'from/other/a': 'new' });
  put(destination, { 'site/v1/index.html': '', 'site/v1/other/a': '' });

  await mirror.run(
    {
      ...{ ...input, prefix: 'from', destinationPrefix: 'site/v1' },
      invalidate: { ...invalidate, originPath: '/site', viewerPrefix: '/docs' },
    },
    { host: { invalidator } },
  );

  expect(told()).toEqual([['/docs/v1/', '/docs/v1/index.html', '/docs/v1/other/a']]);
});

it.each([
  [{ paths: ['/all/*'] }, [['/all/*']]],
  [{ paths: ['/all/*'], tags: ['#site'] }, [['/all/*', '#site']]],
  [{ tags: ['#site'], maxPaths: 1 }, [['/*', '#site']]],
  [{ maxPaths: 5 }, [['/', '/app.css', '/index.html', '/docs/*', '/gone/*']]],
])('sends what it is asked to: %j', async (more, paths) => {
  const { run } = createSite();

  await run({ invalidate: { ...invalidate, ...more } });

  expect(told()).toEqual(paths);
});

it('sends given paths only if something has changed that the distribution serves', async () => {
  const { run } = createSite();

  const summary = await run({
    invalidate: { ...invalidate, originPath: '/elsewhere', paths: ['/*'], tags: ['#site'] },
  });

  expect(cloudFront.requests).toEqual([]);
  expect(summary.invalidation?.paths).toBe(0);
});

describe('what writes nothing', () => {
  it('is told to nobody, but a plan says how many paths it would be, and what they would cost', async () => {
    const { run } = createSite();

    const summary = await run({ dryRun: true, mode: 'publish' });

    expect(cloudFront.requests).toEqual([]);
    expect(summary.invalidation).toEqual({ distribution: DISTRIBUTION, paths: 7, ids: [] });
    expect(summary.estimatedCostUsd.items.invalidation).toBeUndefined();
  });

  it('is told to nobody if a guard ends the run', async () => {
    const { run } = createSite();

    const summary = await run({ maxDeletes: 0 });

    expect(cloudFront.requests).toEqual([]);
    expect(summary).toMatchObject({ error: { name: 'DeleteGuardError' }, invalidation: { paths: 0 } });
  });
});

describe('a plan that is applied', () => {
  it('may be told, although it was made without that', async () => {
    const { input, run } = createSite();
    const { runId } = await mirror.run({ ...input, dryRun: true });

    const summary = await run({ apply: runId });

    expect(summary.status).toBe('succeeded');
    expect(told()).toEqual([[...CHANGED.slice(0, 4), ...DELETED, '/index.html']]);
  });
});

it('tells of an undo as of any run', async () => {
  const { run } = createSite({ destination: { versioning: 'Enabled' } });
  const { runId } = await run();
  cloudFront.clear();

  expect((await run({ undo: runId, hold: false })).status).toBe('succeeded');

  // what the run has added is deleted, and what it has deleted is new
  expect(told()).toEqual([[...CHANGED, '/new.html']]);
});

describe('a failure of a run', () => {
  it('does not keep CloudFront from what was done', async () => {
    const { destination, run } = createSite();
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'CopyObject' && key === 'index.html' ? { status: 403, code: 'AccessDenied' } : undefined;

    const summary = await run({ mode: 'publish' });

    expect(summary.error?.name).toBe('SyncIncompleteError');
    expect(destination.get('gone/old.css')).toBeDefined();
    expect(told()).toEqual([['/app.css', '/docs/', '/docs/index.html']]);
  });

  it('with a report that is lost leaves what its plan says of the phases that had begun', async () => {
    const { run } = createSite();

    const summary = await run(
      { mode: 'publish', order: ['docs/**'] },
      {
        around: async (task, input, invoke) => {
          const { phase, run: ofState } = input as { phase?: { name: string }; run?: { id: string } };
          const result = await invoke();
          if (task !== 'CopyRange' || phase?.name !== 'pages') return result;
          const folder = join(mirror.runsFolder, 'runs', ofState?.id ?? '', 'actions');
          const lost = readdirSync(folder).filter((file) => file.startsWith('pages-'));
          for (const part of lost) rmSync(join(folder, part));
          throw new Error('killed');
        },
      },
    );

    expect(summary.status).toBe('failed');
    expect(told()).toEqual([['/', '/app.css', '/index.html']]);
  });

  it('with a report that is lost leaves what has gone first in its order, although it is no page', async () => {
    const { destination, run } = createSite();
    put(destination, { 'gone/list.json': '' });

    const summary = await run(
      { order: ['gone/list.json'], conditional: true },
      losingFirstAttempt('DeleteRange', 'first-deletes'),
    );

    expect(summary.status).toBe('succeeded');
    expect(destination.get('gone/list.json')).toBeUndefined();
    expect(told().flat()).toContain('/gone/list.json');
  });

  it('with a report that is lost leaves what was copied before somebody else wrote there', async () => {
    const { input, destination, run } = createSite();
    const { runId } = await mirror.run({ ...input, delete: false, dryRun: true });
    const write = () =>
      put(destination, { 'index.html': 'other', 'docs/index.html': 'other', 'app.css': 'other', 'new.html': 'x' });

    const summary = await run({ delete: false, apply: runId }, losingFirstAttempt('CopyRange', 'sync', write));

    expect(summary.error?.name).toBe('PlanOutdatedError');
    expect(told()).toEqual([CHANGED]);
  });

  it('with a report that is lost leaves what its plan could not decide', async () => {
    const { source, run } = createSite();
    source.put('same.js', '', { lastModified: past, user: { changed: 'yes' } });
    let asked = 0;
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'HeadObject' && key === 'same.js' && asked++ === 0 ? { status: 400, code: 'Odd' } : undefined;

    const summary = await run({ compare: 'metadata' }, losingFirstAttempt('CopyRange', 'sync'));

    expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    expect(told().flat()).toContain('/same.js');
  });

  it('of which nobody knows whether it was done counts as done', async () => {
    const { source, destination, run } = createSite();
    mirror.s3.onRequest = ({ operation, key }) => {
      if (operation === 'CopyObject' && key === 'index.html') return { after: { status: 400, code: 'Odd' } };
      return operation === 'CopyObject' && key === 'app.css' ? { status: 403, code: 'AccessDenied' } : undefined;
    };

    const summary = await run({ delete: false });

    expect(destination.get('index.html')?.eTag).toBe(source.get('index.html')?.eTag);
    expect(summary).toMatchObject({ totals: { copied: 2, failed: 2 } });
    expect(told()).toEqual([['/', '/docs/', '/docs/index.html', '/index.html']]);
  });

  it('to delete of which nobody knows whether it was done counts as done', async () => {
    const { destination, run } = createSite();
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' || operation === 'DeleteObject'
        ? { after: { status: 400, code: 'Odd' } }
        : undefined;

    const summary = await run();

    expect(destination.get('gone/old.css')).toBeUndefined();
    expect(summary).toMatchObject({ totals: { deleted: 0, failed: 2 } });
    expect(told()).toEqual([[...CHANGED.slice(0, 4), ...DELETED, '/index.html']]);
  });
});

describe('a failure of CloudFront', () => {
  it.each([
    ['NoSuchDistribution', 404],
    ['AccessDenied', 403],
    ['TooManyInvalidationsInProgress', 400],
  ])('is a warning: %s', async (code, status) => {
    const { destination, run } = createSite();
    cloudFront.faults.push({ status, code }, { status, code });

    const summary = await run({ mode: 'publish' });

    expect(destination.get('gone/old.css')).toBeUndefined();
    expect(summary).toMatchObject({
      status: 'succeeded',
      totals: { copied: 4, deleted: 2 },
      invalidation: { distribution: DISTRIBUTION, paths: 0, ids: [] },
    });
    expect(summary.warnings).toEqual([
      { name: 'not-invalidated', message: expect.stringMatching(new RegExp(`^CloudFront was not told .*${code}`)) },
    ]);
  });

  it('before the deletes is made up for at the end', async () => {
    const { run } = createSite();
    cloudFront.faults.push({ status: 403, code: 'AccessDenied' });

    const summary = await run({ mode: 'publish' });

    expect(told()).toEqual([[...CHANGED.slice(0, 4), ...DELETED, '/index.html']]);
    expect(summary.warnings).toBeUndefined();
  });

  it('that says that a name is taken for other paths brings another name', async () => {
    const { run } = createSite();
    const { create } = invalidator;
    const asked: InvalidationRequest[] = [];
    const taken: Invalidator = {
      ...invalidator,
      create: async (request) => {
        asked.push(request);
        if (asked.length === 1) await create({ ...request, items: ['/other'] });
        return create(request);
      },
    };

    await run({}, { host: { invalidator: taken } });

    expect(asked[1]?.reference).toMatch(new RegExp(`^${asked[0]?.reference}-[0-9a-f]{8}$`));
    expect(told()).toEqual([['/other'], [...CHANGED.slice(0, 4), ...DELETED, '/index.html']]);
  });
});

it('tells that everything has changed if what has changed cannot be read', async () => {
  const { run } = createSite();

  const summary = await run(
    {},
    {
      around: (task, input, invoke) => {
        const { state } = input as { state?: PhaseEnd };
        if (task === 'FinishRun') {
          const folder = join(mirror.runsFolder, 'runs', state?.run.id ?? '', 'actions');
          for (const part of readdirSync(folder)) rmSync(join(folder, part));
          for (const part of readdirSync(join(folder, '../plan/parts'))) rmSync(join(folder, '../plan/parts', part));
          // the plan is asked for what the report lacks
          const [, sync] = state?.done ?? [];
          if (sync) Object.assign(sync.copy.counters, { copied: 0 });
        }
        return invoke();
      },
    },
  );

  expect(summary.status).toBe('succeeded');
  expect(told()).toEqual([['/*']]);
});

describe('a run that waits', () => {
  const waiting = { mode: 'publish', invalidate: { ...invalidate, wait: true } } as const;

  /** A clock that goes on only while somebody waits. */
  function clock(): Pick<NonNullable<MirrorOptions['host']>, 'now' | 'wait'> & { readonly waited: number[] } {
    const waited: number[] = [];
    const start = Date.now();
    return {
      waited,
      now: () => start + waited.reduce((sum, ms) => sum + ms, 0),
      wait: async (ms) => void waited.push(ms),
    };
  }

  it('says that the edges have done it', async () => {
    const { run } = createSite();

    const summary = await run(waiting, { host: clock() });

    expect(summary.invalidation?.completed).toBe(true);
  });

  it('waits a minute at most, twice, and does not fail', async () => {
    const { run } = createSite();
    const time = clock();
    const slow = { ...invalidator, isComplete: async () => false };

    const summary = await run(waiting, { host: { ...time, invalidator: slow } });

    expect(summary).toMatchObject({ status: 'succeeded', invalidation: { paths: 7, completed: false } });
    expect(time.waited.length).toBe(24);
    expect(new Set(time.waited)).toEqual(new Set([5_000]));
  });

  it('goes on if nobody says whether they have', async () => {
    const { run } = createSite();
    const denied = { ...invalidator, isComplete: () => Promise.reject(new Error('denied')) };

    const summary: RunSummary = await run(waiting, { host: { ...clock(), invalidator: denied } });

    expect(summary).toMatchObject({ status: 'succeeded', invalidation: { paths: 7, completed: false } });
    expect(summary.warnings).toBeUndefined();
  });
});
