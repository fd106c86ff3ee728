import type { Fault } from '../../../local/s3';
import type { RequestCounters } from '../../../statemachine/contract';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;

const name = (index: number) => `key-${String(index).padStart(6, '0')}`;

function createPair(sourceCount: number, destinationCount: number) {
  const pair = mirror.createPair();
  for (let index = 0; index < sourceCount; index++) pair.source.put(name(index), 'x', { lastModified: past });
  for (let index = 0; index < destinationCount; index++) pair.destination.put(name(index), 'x');
  return pair;
}

/** What the server counted, in the counters' words. */
function served(): RequestCounters {
  const of = (operation: string) => mirror.s3.requests.of(operation);
  return {
    list: of('ListObjectsV2'),
    head: of('HeadObject') + of('GetObjectTagging'),
    copy: of('CopyObject') + of('UploadPartCopy'),
    delete: of('DeleteObjects') + of('DeleteObject'),
    other: of('CreateMultipartUpload') + of('CompleteMultipartUpload'),
  };
}

it.each(everyNth(2, [1, 999, 1000, 1001, 2000, 2001], 1))(
  'lists an unchanged bucket of %d objects with no page too many',
  async (n) => {
    const { input } = createPair(n, n);

    const summary = await mirror.run(input);

    // S3 lists the lock at the destination, too.
    const list = Math.ceil(n / 1000) + Math.ceil((n + 1) / 1000);
    for (const counters of [summary.phases[0]?.copy, summary.phases[0]?.delete]) {
      expect(counters).toMatchObject({ listed: n, unchanged: n, requests: { list, head: 0 } });
    }
    expect(served()).toEqual(summary.totals.requests);
  },
);

it.each(everyNth(2, [1, 1000, 1001, 2500], 1))(
  'deletes %d orphans by one request for each page of the destination',
  async (orphans) => {
    const { input } = createPair(10, 10 + orphans);
    const summary = await mirror.run(input);
    expect(summary.totals).toMatchObject({ deleted: orphans, requests: { delete: Math.ceil((10 + orphans) / 1000) } });
    expect(served().delete).toBe(summary.totals.requests.delete);
  },
);

it('lists the source again at most once for a page of the destination that has orphans', async () => {
  // Given twenty pages of the destination, each with orphans
  const { source, destination, input } = createPair(0, 200);
  for (let index = 0; index < 200; index += 3) source.put(name(index), 'x', { lastModified: past });
  expect(destination.index.size).toBe(200);

  // When
  const summary = await mirror.run(input, { serial: true, pageSize: 10 });

  // Then 20 pages of the destination, 7 of the source and one more for each of the 20
  expect(summary.totals.deleted).toBe(133);
  expect(summary.phases[0]?.delete.requests.list).toBeGreaterThanOrEqual(27);
  expect(summary.phases[0]?.delete.requests.list).toBeLessThanOrEqual(47);
});

it.each<[operation: string, fault: Fault]>(
  everyNth(2, [
    ['ListObjectsV2', { status: 503, code: 'SlowDown' }],
    ['ListObjectsV2', 'reset'],
    ['CopyObject', { status: 500, code: 'InternalError' }],
    ['CopyObject', { status: 200, code: 'InternalError' }],
    ['DeleteObjects', { status: 503, code: 'ServiceUnavailable' }],
    ['HeadObject', { status: 503, code: 'SlowDown' }],
  ]),
)('counts every attempt, as the server does: %s that fails twice with %j', async (operation, fault) => {
  // Given
  const { source, input } = createPair(3, 0);
  source.put('empty', '', { lastModified: past }); // takes a HEAD
  mirror.s3.bucket(input.destination).put('orphan', 'x');
  let failures = 0;
  mirror.s3.onRequest = (request) => {
    if (request.operation !== operation || request.query.get('max-keys') === '1') return undefined;
    return failures++ < 2 ? fault : undefined;
  };

  // When
  const summary = await mirror.run(input);

  // Then
  expect(failures).toBeGreaterThan(2);
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 4, deleted: 1, failed: 0 } });
  expect(served()).toEqual(summary.totals.requests);
});

describe('a run that decides first', () => {
  const decidesFirst = ({ source, destination }: ReturnType<typeof createPair>) => ({
    source: source.name,
    destination: destination.name,
  });

  it.each([
    {},
    { verify: true },
    { verify: true, maxDeletes: '10%', maxOverwrites: 5, maxCost: 1 },
    { mode: 'publish' },
  ])('lists each side once, and asks for nothing more, to find that nothing changed: %j', async (more) => {
    const pair = createPair(2500, 2500);

    const summary = await mirror.run({ ...decidesFirst(pair), ...more });

    expect(summary).toMatchObject({ status: 'succeeded', wrote: false, totals: { listed: 5000, unchanged: 5000 } });
    expect(summary.phases.map(({ name: phase }) => phase)).toEqual(['plan']);
    expect(mirror.s3.requests.byOperation()).toEqual({ ListObjectsV2: 6 });
    expect(served()).toEqual(summary.totals.requests);
  });

  it('lists each side once more for the proof after changes, and asks for lone orphans one by one', async () => {
    // Given a change and three orphans far from each other
    const pair = createPair(2500, 2500);
    pair.source.put(name(7), 'y', { lastModified: past });
    pair.destination.put(name(7), 'z', { lastModified: new Date('2025-01-01') });
    for (const index of [100, 1200, 2400]) pair.source.remove(name(index));

    // When
    const summary = await mirror.run({ ...decidesFirst(pair), verify: true });

    // Then the delete loop has asked once whether the source has content
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 3, unchanged: 4993 } });
    expect(mirror.s3.requests.byOperation()).toEqual({
      ListObjectsV2: 2 * 6 + 1,
      CopyObject: 1,
      HeadObject: 3,
      DeleteObjects: 1,
    });
  });

  it('asks for many neighbours by one page', async () => {
    const pair = createPair(10, 1010);

    const summary = await mirror.run({ ...decidesFirst(pair), maxDeletes: 1000 });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 1000 } });
    expect(mirror.s3.requests.of('HeadObject')).toBe(0);
    expect(summary.phases[1]?.delete.requests).toMatchObject({ list: 2, delete: 1 });
  });

  it('takes far fewer requests than pages for orphans that lie far apart', async () => {
    const pair = createPair(4000, 4000);
    for (let index = 0; index < 4000; index += 100) pair.source.remove(name(index));

    const summary = await mirror.run(decidesFirst(pair), { pageSize: 10 });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 40 } });
    const { list, head } = summary.phases[1]?.delete.requests ?? { list: 0, head: 0 };
    expect(head).toBeLessThanOrEqual(40);
    expect(list).toBeLessThanOrEqual(5);
  });
});
