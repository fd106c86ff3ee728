import type { Fault } from '../../../local/s3';
import type { RequestCounters } from '../../../statemachine/contract';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

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

it.each([1, 999, 1000, 1001, 2000, 2001])(
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

it.each([1, 1000, 1001, 2500])(
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

it.each<[operation: string, fault: Fault]>([
  ['ListObjectsV2', { status: 503, code: 'SlowDown' }],
  ['ListObjectsV2', 'reset'],
  ['CopyObject', { status: 500, code: 'InternalError' }],
  ['CopyObject', { status: 200, code: 'InternalError' }],
  ['DeleteObjects', { status: 503, code: 'ServiceUnavailable' }],
  ['HeadObject', { status: 503, code: 'SlowDown' }],
])('counts every attempt, as the server does: %s that fails twice with %j', async (operation, fault) => {
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

it('reads only list pages to find that nothing changed, even with `verify` and `maxDeletes`', async () => {
  const { input } = createPair(50, 50);
  const summary = await mirror.run({ ...input, verify: true, maxDeletes: '10%' }, { serial: true, pageSize: 20 });
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0 } });
  expect(summary.phases.map((phase) => phase.name)).toEqual(['plan', 'sync', 'verify']);
  expect(Object.keys(mirror.s3.requests.byOperation())).toEqual(['ListObjectsV2']);
});
