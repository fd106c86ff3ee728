import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from '../../../local/s3';
import { matchesPath } from '../../support/fake-cloudfront';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { EdgeCache, Origin, page, Readers } from '../../support/site-readers';
import { DISTRIBUTION, useCloudFront } from '../../support/use-cloudfront';

const mirror = useMemoryMirror();
const cloudFront = useCloudFront();
afterEach(() => rmSync(join(mirror.runsFolder, 'grace'), { recursive: true, force: true }));

/** Pages whose keys lie before, between and behind those of assets, so that no order of keys is a good one. */
const PAGES = ['', 'about.html', 'blog/', 'blog/z.html', 'removed.html', 'zz/'];

type Build = Readonly<Record<string, string>>;

/** A site as a bundler writes it: names of assets have a hash of their content. */
function build(hash: string, more: Build = {}): Build {
  const scripts = [`assets/app.${hash}.js`, `zz/last.${hash}.js`, 'same.js'];
  const pages = ['index.html', 'about.html', 'blog/index.html', 'blog/z.html', 'zz/index.html'];
  return {
    ...Object.fromEntries(pages.map((key) => [key, page(...scripts)])),
    ...Object.fromEntries(scripts.map((key) => [key, key])),
    ...more,
  };
}

const OLD = build('old', { 'removed.html': page('assets/removed.js'), 'assets/removed.js': 'x' });
const NEW = build('new');

function put(bucket: Bucket, site: Build): void {
  for (const [key, content] of Object.entries(site)) bucket.put(key, content, { lastModified: past });
}

function createSite() {
  const pair = mirror.createPair();
  put(pair.source, NEW);
  put(pair.destination, OLD);
  return pair;
}

/** What an edge keeps that has dropped assets, which are asked for less often than pages. */
const isPage = (path: string) => PAGES.includes(path);

/** Without a plan, a page that goes and its assets are deleted in one walk, in the order of keys. */
const STAYING = PAGES.filter((path) => path !== 'removed.html');

const ways: [how: string, input: object, paths: readonly string[]][] = [
  ['a plan that is applied', {}, PAGES],
  ['no plan', { plan: false }, STAYING],
  ['one request at a time', { requestConcurrency: 1 }, PAGES],
];

describe.each(ways)('with %s', (_how, more, paths) => {
  it('names no asset that is missing, on any page, at any moment of a publish', async () => {
    const { destination, input } = createSite();
    const readers = new Readers(destination, new Origin(destination), paths);

    const summary = await mirror.run({ ...input, ...more, mode: 'publish' });

    expect(summary.status).toBe('succeeded');
    expect([...readers.missing]).toEqual([]);
    // whoever has opened a page before finds its assets gone
    expect([...readers.missingLater]).toContain(': assets/app.old.js');
  });

  it('keeps the assets of pages that were opened before, with `deleteAfter`', async () => {
    const { destination, input } = createSite();
    const readers = new Readers(destination, new Origin(destination), paths);

    const summary = await mirror.run({ ...input, ...more, mode: 'publish', deleteAfter: '7d' });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0 } });
    expect([...readers.missing, ...readers.missingLater]).toEqual([]);
  });

  it('shows pages without their assets as a mirror, which keeps no order', async () => {
    const { destination, input } = createSite();
    const readers = new Readers(destination, new Origin(destination), paths);

    const summary = await mirror.run({ ...input, ...more });

    expect(summary.status).toBe('succeeded');
    expect(readers.missing.size).toBeGreaterThan(0);
    expect(readers.missingLater.size).toBeGreaterThan(0);
  });
});

describe('behind an edge cache that nobody invalidates', () => {
  it('shows former pages whose assets are gone', async () => {
    const { destination, input } = createSite();
    const readers = new Readers(destination, new EdgeCache(new Origin(destination), isPage), PAGES);

    await mirror.run({ ...input, mode: 'publish' });

    expect([...readers.missing]).toContain(': assets/app.old.js');
  });

  it.each<[what: string, keeps: (path: string) => boolean]>([
    ['that keeps only pages', isPage],
    ['that keeps everything, also that something is missing', () => true],
  ])('shows no page without its assets with `deleteAfter`: one %s', async (_what, keeps) => {
    const { destination, input } = createSite();
    const readers = new Readers(destination, new EdgeCache(new Origin(destination), keeps), PAGES);

    await mirror.run({ ...input, mode: 'publish', deleteAfter: '7d' });

    expect([...readers.missing, ...readers.missingLater]).toEqual([]);
  });
});

describe('behind an edge cache that the run invalidates', () => {
  it.each<[what: string, keeps: (path: string) => boolean, deleteAfter: string | undefined]>([
    ['that keeps only pages', isPage, undefined],
    ['that keeps everything, also that something is missing', () => true, undefined],
    ['that keeps only pages, with `deleteAfter`', isPage, '7d'],
  ])('names no asset that is missing, and shows the new site at the end: one %s', async (_what, keeps, deleteAfter) => {
    const { destination, input } = createSite();
    const origin = new Origin(destination);
    const edge = new EdgeCache(origin, keeps);
    const readers = new Readers(destination, edge, PAGES);
    cloudFront.onInvalidation = (paths) => {
      edge.invalidate(paths, matchesPath);
      readers.look();
    };

    const summary = await mirror.run(
      { ...input, mode: 'publish', deleteAfter, invalidate: { distribution: DISTRIBUTION } },
      { host: { invalidator: cloudFront.invalidator } },
    );

    expect([summary.status, summary.warnings]).toEqual(['succeeded', undefined]);
    expect(summary.invalidation?.ids).toHaveLength(deleteAfter ? 1 : 2);
    expect([...readers.missing]).toEqual([]);
    if (deleteAfter) expect([...readers.missingLater]).toEqual([]);
    expect(PAGES.map((path) => edge.fetch(path))).toEqual(PAGES.map((path) => origin.fetch(path)));
  });
});

it('keeps the assets of a page that could not be deleted', async () => {
  const { destination, input } = createSite();
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;

  const summary = await mirror.run({ ...input, mode: 'publish' });

  expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['removed.html'] } });
  expect(summary.error?.message).toContain(
    '1 object could not be deleted; all others of this step were, and no later step was begun.',
  );
  expect(destination.get('assets/removed.js')).toBeDefined();
});

it('counts the deletes of both steps for `maxDeletes`', async () => {
  const { input } = createSite();

  expect(await mirror.run({ ...input, mode: 'publish', maxDeletes: 3 })).toMatchObject({
    error: { name: 'DeleteGuardError' },
  });
  expect(await mirror.run({ ...input, mode: 'publish', maxDeletes: 4 })).toMatchObject({ totals: { deleted: 4 } });
});
