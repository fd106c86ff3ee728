import { setImmediate } from 'node:timers/promises';
import { Surcharges } from '../../../lambdas/engine/cost/surcharges';
import type { DeleteAllowance } from '../../../lambdas/engine/delete/delete-allowance';
import { OrphanDeleter } from '../../../lambdas/engine/delete/orphan-deleter';
import { OrphanProof } from '../../../lambdas/engine/delete/orphan-proof';
import type { BucketReader, ObjectHead } from '../../../lambdas/engine/ports/bucket-reader';
import type { BucketWriter, ConfirmDeletes, DeleteRequest } from '../../../lambdas/engine/ports/bucket-writer';
import { StoreError } from '../../../lambdas/engine/ports/store-error';
import { Ledger } from '../../../lambdas/engine/range/ledger';
import type { RangeTask } from '../../../lambdas/engine/range/range-task';
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

it.each([
  [4_999, ['k', 'l']],
  [5_000, ['l']],
])(
  'decides a batch again that waited for its turn for %d ms, if that is five seconds or more',
  async (waitedMs, sent) => {
    // Given an orphan that is put back before the turn of its batch comes
    let now = 0;
    const back = { key: 'k', sizeBytes: 1, eTag: 'e', lastModified: 0, storageClass: 'STANDARD', archived: false };
    const source = {
      listPage: async () => ({ objects: [back] }),
      async headObject(key: string) {
        if (key !== back.key) throw new StoreError('gone', 'NotFound');
        return back;
      },
    } as unknown as BucketReader;
    const deleted: string[] = [];
    const ledger = newLedger();
    const task = {
      input: {
        phase: { write: true },
        run: { startedAt: past.toISOString(), input: { conditional: false }, settings: {} },
      },
      proof: 'list',
      ledger,
      surcharges: new Surcharges(ledger.counters, () => now),
      now: () => now,
      concurrency: {
        send(request: () => Promise<void>) {
          now += waitedMs;
          return request();
        },
      },
      buckets: {
        destination: {
          async deleteObjects(requests: readonly DeleteRequest[], confirm: ConfirmDeletes) {
            deleted.push(...(await confirm(requests, 1)).map(({ key }) => key));
            return [];
          },
        },
      },
    } as unknown as RangeTask;
    const deleter = new OrphanDeleter(task, { take: () => true } as DeleteAllowance, new OrphanProof(source, 'list'));

    // When
    for (const key of ['k', 'l']) void deleter.delete({ ...back, key });
    await deleter.flush();

    // Then
    expect(deleted).toEqual(sent);
    expect(ledger.counters).toMatchObject({ deleted: sent.length, unchanged: 2 - sent.length });
  },
);

function newLedger(): Ledger {
  return new Ledger({ add: () => undefined }, { name: 'sync' }, () => 0);
}

/** A Task that deletes orphans at a clock of its own, and what happens while they are asked for, and deleted. */
function deletingAt(
  proof: 'list' | 'head',
  source: Partial<BucketReader>,
  deleteObjects: BucketWriter['deleteObjects'],
) {
  const clock = { now: 0 };
  const ledger = newLedger();
  const { counters } = ledger;
  const task = {
    input: {
      phase: { write: true },
      run: { startedAt: past.toISOString(), input: { conditional: false }, settings: {} },
    },
    proof,
    ledger,
    surcharges: new Surcharges(counters, () => clock.now),
    now: () => clock.now,
    concurrency: { send: (request: () => Promise<void>) => request() },
    buckets: { destination: { deleteObjects } },
  } as unknown as RangeTask;
  const deleter = new OrphanDeleter(
    task,
    { take: () => true } as DeleteAllowance,
    new OrphanProof(source as BucketReader, proof),
  );
  const listed = { sizeBytes: 1, eTag: 'e', lastModified: Date.now(), storageClass: 'STANDARD', archived: false };
  const headOf = (isThere: boolean) => {
    if (!isThere) throw new StoreError('gone', 'NotFound');
    return { ...listed, attributes: { metadata: {} }, opaqueETag: false, checksums: {}, tagCount: 0 } as ObjectHead;
  };
  return { clock, counters, deleter, listed, headOf };
}

it('decides each key again whose turn comes late, if a server rejects batches', async () => {
  // Given a server that takes two seconds for each delete, and an orphan that comes back in the middle
  const there: string[] = [];
  const sent: string[] = [];
  const source = {
    listPage: async () => ({ objects: there.map((key) => ({ ...listed, key })) }),
    headObject: async (key: string) => headOf(there.includes(key)),
  };
  const { clock, counters, deleter, listed, headOf } = deletingAt(
    'list',
    source,
    async (requests, confirm = (all) => all) => {
      for (const request of requests) {
        sent.push(...(await confirm([request], 1)).map(({ key }) => key));
        clock.now += 2_000;
        if (request.key === 'k03') there.push('k08');
      }
      return [];
    },
  );

  // When
  for (let index = 0; index < 10; index++) void deleter.delete({ ...listed, key: name(index) });
  await deleter.flush();

  // Then
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 9].map(name));
  expect(counters).toMatchObject({ deleted: 9, unchanged: 1 });
});

it.each(['list', 'head'] as const)(
  'decides again what was decided before the server was away, with `proof: %j`',
  async (proof) => {
    // Given a server that is away for 100 s before it answers for the second key; the first comes back meanwhile
    const there = new Set<string>();
    let asked = proof === 'head' ? 0 : 1; // HEADs come first in any case
    const outage = () => {
      if (++asked !== 2) return;
      clock.now += 100_000;
      there.add('k');
    };
    const source: Partial<BucketReader> = {
      async headObject(key) {
        const isThere = there.has(key);
        if (key === 'l') await setImmediate().then(outage);
        return headOf(isThere);
      },
      async listPage({ startAfter, continuation }) {
        const [isFirst, isThere] = [continuation === undefined && (startAfter ?? '') < 'k', there.has('k')];
        if (!isFirst) outage();
        const first = isThere ? [{ ...listed, key: 'k' }] : [];
        return isFirst
          ? { objects: [...first, { ...listed, key: 'kk' }], next: 'behind kk' }
          : { objects: [{ ...listed, key: 'z' }] };
      },
    };
    const deleted: string[] = [];
    const { clock, counters, deleter, listed, headOf } = deletingAt(proof, source, async (requests, confirm) => {
      clock.now += 6_000;
      deleted.push(...((await confirm?.(requests, 1)) ?? []).map(({ key }) => key));
      return [];
    });

    // When
    for (const key of ['k', 'l']) void deleter.delete({ ...listed, key });
    await deleter.flush();

    // Then
    expect(deleted).toEqual(['l']);
    expect(counters).toMatchObject({ deleted: 1, unchanged: 1 });
  },
);

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
