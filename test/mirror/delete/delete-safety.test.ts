import type { Fault, RequestInfo } from '../../../local/s3';
import { emptyCounters } from '../../../statemachine/contract';
import type { AnyMirror } from '../../support/any-mirror';
import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';
import { withoutPlans } from '../../support/without-plans';

const mirror = useMemoryMirror();
/** Where a listing fails in more ways. */
const overHttp = useMirror();

const name = (index: number) => `k${String(index).padStart(3, '0')}`;

/** Equal but for one object in five, which the source has not. */
function createAlmostEqualPair(count = 50, where: AnyMirror = mirror) {
  const pair = where.createPair();
  for (let index = 0; index < count; index++) {
    if (index % 5 !== 0) pair.source.put(name(index), 'x', { lastModified: past });
    pair.destination.put(name(index), 'x');
  }
  return pair;
}

it.each([
  { plan: false, moments: 14 },
  { plan: true, moments: 11 },
])(
  'never deletes what is put on both sides while it lists, at whatever request that happens: %j',
  async ({ plan, moments }) => {
    for (let moment = 1; moment <= moments; moment++) {
      const { source, destination, input } = createAlmostEqualPair();
      let lists = 0;
      mirror.s3.onRequest = ({ operation }) => {
        if (operation !== 'ListObjectsV2' || ++lists !== moment) return undefined;
        // a new object in each gap, on both sides at this moment
        for (let index = 0; index < 50; index++) {
          for (const bucket of [source, destination]) bucket.put(`${name(index)}-new`, 'new');
        }
        return undefined;
      };

      const summary = await mirror.run({ ...input, plan }, { serial: true, pageSize: 10 });

      expect(summary.error).toBeUndefined();
      expect([...contentsOf(destination).keys()].filter((key) => key.endsWith('-new'))).toHaveLength(50);
      expect(contentsOf(destination).has(name(0))).toBe(false);
    }
  },
);

it.each<[string, Fault]>([
  ['500 InternalError', { status: 500, code: 'InternalError' }],
  ['403 AccessDenied', { status: 403, code: 'AccessDenied' }],
  ['a connection reset', 'reset'],
])('deletes nothing of what could not be listed, and ends with ListingError: %s', async (_what, fault) => {
  const { source, destination, input } = createAlmostEqualPair(50, overHttp);
  const before = contentsOf(destination);
  const isLaterSourcePage = ({ operation, bucket, query }: RequestInfo) =>
    operation === 'ListObjectsV2' &&
    bucket === source.name &&
    (query.has('continuation-token') || query.has('start-after'));
  overHttp.s3.onRequest = (request) => (isLaterSourcePage(request) ? fault : undefined);

  const summary = await overHttp.run(input, { serial: true, pageSize: 10 });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
  for (const key of before.keys()) {
    if (key > name(12)) expect(contentsOf(destination).has(key)).toBe(true);
  }

  overHttp.s3.onRequest = undefined;
  const again = await overHttp.run(input, { serial: true, pageSize: 10 });
  expect(again.status).toBe('succeeded');
  expect([...contentsOf(destination).keys()]).toEqual([...contentsOf(source).keys()]);
});

it('refuses to empty the destination because the source is empty', async () => {
  const { source, destination, input: whole } = mirror.createPair();
  source.put('elsewhere/a', 'x');
  destination.put('site/a', 'x');
  const input = { ...whole, prefix: 'site' };

  const refused = await mirror.run(input);
  expect(refused).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' } });
  expect(destination.get('site/a')).toBeDefined();

  const kept = await mirror.run({ ...input, delete: false });
  expect(kept.status).toBe('succeeded');
  expect(destination.get('site/a')).toBeDefined();

  const allowed = await mirror.run({ ...input, allowEmptySource: true });
  expect(allowed).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
});

it.each<[maxDeletes: number | string, allowed: boolean]>([
  [9, false],
  [10, true],
  ['19.9%', false],
  ['20%', true],
  [0, false],
])('with `maxDeletes` %j, 10 orphans among 50 objects are deleted: %j', async (maxDeletes, allowed) => {
  const { source, destination, input } = createAlmostEqualPair();
  source.put('new', 'x', { lastModified: past });

  const summary = await mirror.run({ ...input, maxDeletes });

  expect(summary.phases[0]).toMatchObject({ name: 'plan', delete: { deleted: 10 } });
  if (allowed) {
    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 10, copied: 1 } });
  } else {
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' }, totals: { deleted: 0 } });
    const allows = typeof maxDeletes === 'number' ? `allows ${maxDeletes}.` : `allows ${maxDeletes} (9 of them).`;
    expect(summary.error?.message).toContain('would delete 10 of the 50 objects taking part at the destination');
    expect(summary.error?.message).toContain(allows);
    expect(destination.index.size).toBe(50);
  }
});

it('computes a percentage of the objects that take part, not of those that filters leave alone', async () => {
  const { source, destination, input } = createAlmostEqualPair();
  source.put('other/kept', 'x', { lastModified: past });
  for (let index = 0; index < 200; index++) destination.put(`other/${index}`, 'x');

  const summary = await mirror.run({ ...input, exclude: ['other/**'], maxDeletes: '19.9%' });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' }, totals: { deleted: 0 } });
  expect(summary.error?.message).toContain('would delete 10 of the 50 objects taking part at the destination');
  expect(summary.error?.message).toContain('allows 19.9% (9 of them).');
  expect(destination.index.size).toBe(250);
});

it('leaves alone keys before `startAfter` and keys outside of the folder', async () => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['p/a', 'p/m', 'p/z']) source.put(key, 'new', { lastModified: past });
  for (const key of ['p/b', 'p/n', 'p-archive/x', 'o/x', 'q']) destination.put(key, 'x');

  await mirror.run({ ...input, prefix: 'p', startAfter: 'b' });

  expect([...contentsOf(destination).keys()]).toEqual(['o/x', 'p-archive/x', 'p/b', 'p/m', 'p/z', 'q']);
});

it('leaves the object that is named like the folder alone if it cannot have a counterpart', async () => {
  const { source, destination } = mirror.createPair();
  source.put('p/', '', { lastModified: past });
  source.put('p/a', 'x', { lastModified: past });

  const up = await mirror.run({
    source: source.name,
    destination: destination.name,
    prefix: 'p',
    destinationPrefix: '',
  });
  expect(up).toMatchObject({ status: 'succeeded', totals: { copied: 1, skipped: 1 } });

  const other = mirror.createPair();
  other.source.put('a', 'x', { lastModified: past });
  other.destination.put('q/', '');
  await mirror.run({ source: other.source.name, destination: other.destination.name, destinationPrefix: 'q' });
  expect([...contentsOf(other.destination).keys()]).toEqual(['q/', 'q/a']);
});

it('never deletes an orphan that is put back on both sides after its page, at whatever request that happens', async () => {
  let deleted = 0;
  for (let moment = 1; moment <= 16; moment++) {
    const { source, destination, input } = createAlmostEqualPair();
    const orphans = [...contentsOf(destination).keys()].filter((key) => !source.get(key));
    let lists = 0;
    mirror.s3.onRequest = ({ operation }) => {
      if (operation !== 'ListObjectsV2' || ++lists !== moment) return undefined;
      for (const key of orphans) {
        for (const bucket of [source, destination]) bucket.put(key, 'put back', { lastModified: past });
      }
      return undefined;
    };

    // without the copy loop's help, which might put back what was deleted
    const summary = await mirror.run(
      { ...input, plan: false },
      {
        serial: true,
        pageSize: 10,
        around: async (task, _input, invoke) => (task === 'CopyRange' ? nothingToCopy : invoke()),
      },
    );

    expect(summary.error).toBeUndefined();
    deleted += summary.totals.deleted;
    if (lists < moment) continue;
    expect([...contentsOf(destination).keys()]).toEqual(expect.arrayContaining(orphans));
  }
  expect(deleted).toBeGreaterThan(0);
});

const nothingToCopy = { counters: emptyCounters(), tokens: [], elapsedMs: 0 };

it.each<[maxDeletes: number | string, deleted: number]>([
  [0, 0],
  [12, 12],
  ['30%', 15],
])(
  'deletes no more than `maxDeletes` %j, even if the source lost objects after the plan',
  async (maxDeletes, deleted) => {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 50; index++) {
      source.put(name(index), 'x', { lastModified: past });
      destination.put(name(index), 'x');
    }

    const summary = await mirror.run(
      { ...input, maxDeletes },
      {
        serial: true,
        pageSize: 10,
        host: { runStore: withoutPlans(mirror) },
        around: async (task, _input, invoke) => {
          const result = await invoke();
          if (task === 'ClosePhase') for (let index = 0; index < 40; index++) source.remove(name(index));
          return result;
        },
      },
    );

    expect(summary).toMatchObject({
      status: 'failed',
      error: { name: 'DeleteGuardError' },
      totals: { deleted, failed: 40 - deleted },
    });
    expect(destination.index.size).toBe(50 - deleted);
  },
);

it('deletes nothing that the source lost after the plan: the next run plans that', async () => {
  const { source, destination, input } = createAlmostEqualPair();

  const summary = await mirror.run(
    { ...input, maxDeletes: 10 },
    {
      around: async (task, _input, invoke) => {
        const result = await invoke();
        if (task === 'ClosePhase') for (let index = 1; index < 40; index++) source.remove(name(index));
        return result;
      },
    },
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 10 } });
  expect(destination.index.size).toBe(40);
});
