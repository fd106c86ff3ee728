import type { RequestInfo } from '../../../local/s3';
import type { RangeInput } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
// The deployed roles are those of AWS, where lists are proof enough.
beforeAll(() => {
  mirror.s3.authorize = undefined;
});

const name = (index: number) => `k${String(index).padStart(2, '0')}`;

function createEqualPair(count = 50) {
  const pair = mirror.createPair();
  for (let index = 0; index < count; index++) {
    pair.source.put(name(index), 'x', { lastModified: past });
    pair.destination.put(name(index), 'x', { lastModified: past });
  }
  return pair;
}

/** Ends the source's list pages after ten objects, as if there were no more. */
function cutShort(body: string): string {
  const objects = body.match(/<Contents>.*?<\/Contents>/gs) ?? [];
  if (objects.length < 11) return body;
  return body
    .replace(/<Contents>.*<\/Contents>/s, objects.slice(0, 10).join(''))
    .replace(/<KeyCount>\d+/, '<KeyCount>10')
    .replace(/<NextContinuationToken>.*?<\/NextContinuationToken>/, '')
    .replace('<IsTruncated>true', '<IsTruncated>false');
}

describe.each([
  ['`proof: "head"`', { proof: 'head' as const }, {}],
  ['an S3 that is not AWS', {}, { host: { trustsListings: false } }],
])('with %s', (_what, asked, options) => {
  it('deletes nothing that a listing leaves out, and says that the listing is not whole', async () => {
    const { source, destination, input } = createEqualPair();
    mirror.s3.onRequest = ({ operation, bucket, query }) =>
      operation === 'ListObjectsV2' && bucket === source.name && query.get('max-keys') !== '1'
        ? { rewrite: cutShort }
        : undefined;

    const summary = await mirror.run({ ...input, ...asked }, options);

    expect(destination.index.size).toBe(50);
    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { deleted: 0, failed: 40 } });
    expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: name(10), reason: 'listing-incomplete' });
  });

  it('deletes an orphan only after the source says that there is no such key', async () => {
    const { source, destination, input } = createEqualPair(3);
    for (const key of ['gone', 'hidden', 'odd \u0001']) destination.put(key, 'x');
    mirror.s3.onRequest = ({ operation, bucket, key }) =>
      operation === 'HeadObject' && bucket === source.name && key === 'hidden'
        ? { status: 403, code: 'AccessDenied' }
        : undefined;

    const summary = await mirror.run({ ...input, ...asked }, options);

    expect([...contentsOf(destination).keys()]).toEqual(['hidden', ...[0, 1, 2].map(name)]);
    expect(summary.totals).toMatchObject({ deleted: 2, failed: 1 });
    expect(reportLines(summary, 'failures')[0]).toMatchObject({ key: 'hidden', reason: 'access-denied' });
  });

  it('deletes nothing if the source answers with an error, whatever the error says', async () => {
    const { source, destination, input } = createEqualPair(3);
    for (const key of ['gone', 'broken']) destination.put(key, 'x');
    mirror.s3.onRequest = ({ operation, bucket, key }) =>
      operation === 'HeadObject' && bucket === source.name && key === 'broken'
        ? { status: 400, code: 'InvalidRequest' }
        : undefined;

    const summary = await mirror.run({ ...input, ...asked }, options);

    expect([...contentsOf(destination).keys()]).toEqual(['broken', ...[0, 1, 2].map(name)]);
    expect(summary.totals).toMatchObject({ deleted: 1, failed: 1 });
  });

  it('leaves alone a key that the source got after it was listed', async () => {
    const { source, destination, input } = createEqualPair(3);
    destination.put('new', 'x');
    const isHead = ({ operation, bucket }: RequestInfo) => operation === 'HeadObject' && bucket === source.name;
    mirror.s3.onRequest = (request) => {
      if (isHead(request)) source.put('new', 'x', { lastModified: new Date(Date.now() + 60_000) });
      return undefined;
    };

    const summary = await mirror.run({ ...input, ...asked }, options);

    expect(destination.get('new')).toBeDefined();
    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0, failed: 0 } });
  });
});

describe.each(['list', 'head'] as const)('with `proof: %j`', (proof) => {
  it.each([
    ['a batch', ['k', 'l', 'm']],
    ['a key that XML cannot carry', ['k\u0001']],
  ])('decides %s again before it is sent again: what was put back on both sides stays', async (_what, keys) => {
    const { source, destination, input } = mirror.createPair();
    source.put('a', 'x', { lastModified: past });
    for (const key of [...keys, 'orphan']) destination.put(key, 'same', { lastModified: past });
    let refused = 0;
    mirror.s3.onRequest = ({ operation, bucket, key }) => {
      if (!operation.startsWith('DeleteObject') || bucket !== destination.name || key?.includes('probe'))
        return undefined;
      if (refused++ > 1) return undefined;
      for (const back of keys) for (const side of [source, destination]) side.put(back, 'same', { lastModified: past });
      return { status: 503, code: 'SlowDown' };
    };

    const summary = await mirror.run({ ...input, proof, conditional: true });

    expect([...contentsOf(destination).keys()]).toEqual(['a', ...keys]);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
  });
});

it('waits for the proof of an orphan until its Task ends, not until its round should', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  for (const key of ['k', 'l']) destination.put(key, 'x', { lastModified: past });
  let [passedMs, isLate] = [0, false];
  mirror.s3.onRequest = ({ operation, bucket }) => {
    if (operation === 'ListObjectsV2' && bucket === source.name && isLate) return { delayMs: 20 };
    if (operation !== 'DeleteObjects' || isLate) return undefined;
    [passedMs, isLate] = [60_000, true];
    return { status: 503, code: 'SlowDown' };
  };

  const host = { roundBudgetsMs: [1_000], now: () => Date.now() + passedMs };
  const summary = await mirror.run({ ...input, proof: 'list' }, { host });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 2, failed: 0 } });
});

it('decides again what was listed before the search for content of the source took long', async () => {
  // Given a source whose only content comes behind what is left out, and an orphan that comes back while that is looked for
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 20; index++) source.put(`k${index}.txt`, 'x', { lastModified: past });
  source.put('z.jpg', 'x', { lastModified: past });
  for (const key of ['b.jpg', 'c.jpg']) destination.put(key, 'x', { lastModified: past });
  let [late, isDeleting] = [0, false];
  mirror.s3.onRequest = ({ operation, bucket, query }) => {
    const isSearch = isDeleting && operation === 'ListObjectsV2' && bucket === source.name && query.has('start-after');
    if (!isSearch || late > 0) return undefined;
    late = 10_000;
    for (const side of [source, destination]) side.put('b.jpg', 'x', { lastModified: past });
    return undefined;
  };

  const summary = await mirror.run(
    { ...input, exclude: ['*.txt'] },
    {
      pageSize: 10,
      serial: true,
      host: { now: () => Date.now() + late },
      around(task, taskInput, invoke) {
        isDeleting = task === 'DeleteRange' && (taskInput as RangeInput).phase.write;
        return invoke();
      },
    },
  );

  expect(late).toBeGreaterThan(0);
  expect([...contentsOf(destination).keys()]).toEqual(['b.jpg', 'z.jpg']);
  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 1, failed: 0 } });
});

it('asks the source again by a page for many neighbours, not one by one', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  for (let index = 0; index < 100; index++) destination.put(name(index), 'x', { lastModified: past });
  let refused = false;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== 'DeleteObjects' || refused) return undefined;
    refused = true;
    mirror.s3.requests.reset();
    return { status: 503, code: 'SlowDown' };
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 100 } });
  expect(mirror.s3.requests.of('ListObjectsV2')).toBeLessThanOrEqual(2);
  expect(mirror.s3.requests.of('HeadObject')).toBe(0);
});
