import { existsSync, globSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { fileOf } from '../../../lambdas/engine/waymarks/place-of-waymarks';
import type { RangeInput, RunSummary, SyncInput } from '../../../statemachine/contract';
import { keys } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMemoryMirror();
const name = (index: number) =>
  `site/${String(Math.floor(index / 100)).padStart(4, '0')}/${String(index).padStart(7, '0')}`;

function createPair(count: number) {
  const pair = mirror.createPair();
  for (let index = 0; index < count; index++) put(pair, name(index));
  return { ...pair, input: { source: pair.source.name, destination: pair.destination.name } };
}

function put(
  { source, destination }: Pick<ReturnType<typeof mirror.createPair>, 'source' | 'destination'>,
  key: string,
) {
  source.put(key, 'x', { lastModified: past });
  destination.put(key, 'x');
}

/** Where a mirror of these buckets keeps its waymarks. */
function waymarksOf(summary: RunSummary): string {
  return join(mirror.runsFolder, fileOf({ input: summary.input as SyncInput }));
}

function lists(): number {
  const count = mirror.s3.requests.of('ListObjectsV2');
  mirror.s3.requests.reset();
  return count;
}

describe('a run after another one', () => {
  const PAGES = 20;

  it.each([
    ['a mirror', {}],
    ['a mirror without a plan', { plan: false }],
    ['a plan', { dryRun: true }],
  ])('lists no page more than there are, from several places at once: %s', async (_what, more) => {
    const pair = createPair(PAGES * 1000);
    await mirror.run(pair.input);
    lists();
    let atOnce = 0;
    let most = 0;
    mirror.s3.onRequest = async ({ operation }) => {
      if (operation !== 'ListObjectsV2') return undefined;
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise(setImmediate);
      atOnce -= 1;
      return undefined;
    };

    const summary = await mirror.run({ ...pair.input, ...more });

    // The lock at the destination, which is listed too, takes one more. Without a plan, the delete loop walks both sides for itself.
    const loops = 'plan' in more ? 2 : 1;
    expect(summary).toMatchObject({ status: 'succeeded', totals: { unchanged: 2 * PAGES * 1000 } });
    expect(lists()).toBeLessThanOrEqual(loops === 1 ? 2 * PAGES + 1 : 4 * PAGES + 14);
    expect(most).toBeGreaterThanOrEqual(8);
  });

  it.each([
    ['one object was put before all others', 0, ['a']],
    ['one object was put between', 0, [`${name(7_777)}x`]],
    ['one was put in each part', 0, [3_000, 8_000, 13_000, 18_000].map((index) => `${name(index)}x`)],
    ['some are gone', 40, []],
    ['half of it is gone', 10_000, []],
    ['nearly all of it is gone', 19_900, []],
    ['it has half as many again', 0, Array.from({ length: 10_000 }, (_, index) => name(20_000 + index))],
  ])('takes few more requests than there are pages after %s', async (_what, removed, added) => {
    const pair = createPair(PAGES * 1000);
    await mirror.run(pair.input);
    for (let index = 0; index < removed; index++)
      for (const side of [pair.source, pair.destination]) side.remove(name(index));
    for (const key of added) put(pair, key);
    lists();

    const summary = await mirror.run(pair.input);

    const least = 2 * Math.ceil(pair.source.index.size / 1000);
    expect(summary).toMatchObject({
      status: 'succeeded',
      wrote: false,
      totals: { unchanged: 2 * pair.source.index.size },
    });
    expect(lists()).toBeLessThanOrEqual(least + Math.ceil(least / 10) + 12);
  });

  it('leaves the waymarks as they are, if they are still right', async () => {
    const pair = createPair(PAGES * 1000);
    const file = waymarksOf(await mirror.run(pair.input));
    await mirror.run(pair.input);
    const before = readFileSync(file, 'utf8');
    utimesSync(file, past, past);

    await mirror.run(pair.input);

    expect(statSync(file).mtime).toEqual(past);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('forgets the waymarks of a bucket that has become small', async () => {
    const pair = createPair(PAGES * 1000);
    const file = waymarksOf(await mirror.run(pair.input));
    for (const side of [pair.source, pair.destination])
      for (let index = 0; index < 19_000; index++) side.remove(name(index));
    await mirror.run(pair.input);
    lists();

    await mirror.run(pair.input);

    expect(readFileSync(file, 'utf8')).toBe('{"waymarks":[]}');
    expect(lists()).toBe(3);
  });

  it('proves what it has written from several places at once, too', async () => {
    const pair = createPair(PAGES * 1000);
    await mirror.run(pair.input);
    pair.source.put(name(5), 'changed');
    lists();

    const summary = await mirror.run({ ...pair.input, verify: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(lists()).toBeLessThanOrEqual(2 * (2 * PAGES + 1));
  });
});

it('leaves nothing for a bucket of few pages', async () => {
  const pair = createPair(3000);
  expect(existsSync(waymarksOf(await mirror.run(pair.input)))).toBe(false);
});

it('puts together what many Tasks have left, and deletes their parts and those of killed runs', async () => {
  // Given a run that takes many rounds, and a part that a killed run has left
  const pair = createPair(15_000);
  const folder = join(
    dirname(waymarksOf(await mirror.run({ ...pair.input, dryRun: true }, { serial: true }))),
    'waymarks',
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, '20200101T000000000Z-0123456789abcdef-plan-0-0.json'), '{}');
  let clock = 0;
  const host = { now: () => clock++, roundBudgetsMs: [4000, 3000], rangesAtOnce: 8 };
  let tasks = 0;
  const file = waymarksOf(
    await mirror.run(
      { ...pair.input, dryRun: true },
      {
        host,
        around: (task, _input, invoke) => {
          if (task === 'CopyRange') tasks += 1;
          return invoke();
        },
      },
    ),
  );
  expect(tasks).toBeGreaterThan(4);
  expect(globSync(`${folder}/*`)).toEqual([]);
  const { waymarks } = JSON.parse(readFileSync(file, 'utf8')) as { waymarks: [string, number][] };
  const counted = waymarks.reduce((sum, [, objects]) => sum + objects, 0);
  expect(counted).toBeGreaterThan(14_500);
  expect(counted).toBeLessThan(15_200);
  lists();

  // Then the next run needs few more requests than there are pages
  const summary = await mirror.run(pair.input);
  expect(summary).toMatchObject({ status: 'succeeded', totals: { unchanged: 30_000 } });
  expect(lists()).toBeLessThanOrEqual(2 * 15 + 5);
});

it('keeps no waymarks of a run that could not list all of it', async () => {
  // Given a listing that fails after most of the objects, in every round
  const pair = createPair(20_000);
  let asked = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== 'ListObjectsV2') return undefined;
    asked += 1;
    return asked > 35 ? { status: 403, code: 'AccessDenied' } : undefined;
  };

  const summary = await mirror.run(pair.input);

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
  expect(summary.totals.listed).toBeGreaterThan(20_000);
  expect(existsSync(waymarksOf(summary))).toBe(false);
});

it('does as without waymarks, and sends a bounded number of requests more, whatever their file says', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys(30),
      fc.oneof(
        fc
          .array(fc.tuple(fc.string({ unit: 'binary', maxLength: 3 }), fc.integer({ min: 1, max: 1e12 })), {
            maxLength: 80,
          })
          .map((given) =>
            JSON.stringify({ waymarks: given.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))) }),
          ),
        keys(80).map((given) =>
          JSON.stringify({
            waymarks: given.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((key) => [key, 1e6]),
          }),
        ),
        fc.json(),
        fc.string(),
      ),
      fc.constantFrom({}, { plan: false }, { verify: true }, { mode: 'publish' }),
      fc.integer({ min: 1, max: 60 }),
      async (given, hostile, more, budget) => {
        // Given two buckets that differ, and a file that anybody has written
        const { source, destination, input } = mirror.createPair();
        given.forEach((key, index) => {
          if (index % 4 !== 3) source.put(key, `content of ${key}`, { lastModified: past });
          if (index % 4 !== 0) destination.put(key, index % 4 === 1 ? 'outdated' : `content of ${key}`);
        });
        const isPlanned = !('plan' in more);
        const request = { ...input, ...(isPlanned && { maxDeletes: '100%' }), allowEmptySource: true, ...more };
        const plain = await mirror.run({ ...input, allowEmptySource: true, maxDeletes: '100%', dryRun: true });
        const file = waymarksOf(plain);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, hostile);
        lists();
        await mirror.run({ ...input, dryRun: true });
        expect(lists()).toBeLessThanOrEqual(2 + 2 * 32 + given.length);

        // When, wherever the budget stops it
        writeFileSync(file, hostile);
        let time = 0;
        const summary = await mirror.run(request, {
          pageSize: 3,
          host: { now: () => time++, roundBudgetsMs: [budget] },
        });

        // Then
        const what = ({ action, key, reason }: ReturnType<typeof reportLines>[number]) => `${action} ${key} ${reason}`;
        expect(summary.status).toBe('succeeded');
        expect(reportLines(summary, 'actions').map(what).sort()).toEqual(
          reportLines(plain, 'actions').map(what).sort(),
        );
        for (const key of given)
          expect(destination.index.get(key) === undefined).toBe(source.index.get(key) === undefined);
      },
    ),
    randomCases({ quick: 40, full: 400 }),
  );
});

it('gives no Task of an execution more walkers than the state has room for', async () => {
  const pair = createPair(20_000);
  await mirror.run(pair.input);
  const walkers: number[] = [];
  const watch = (tokens: readonly unknown[]) => walkers.push(tokens.length);

  let clock = 0;
  await mirror.run(
    { ...pair.input, dryRun: true },
    {
      executionId: 'arn:aws:states:us-east-1:111122223333:execution:mirror:one',
      host: { now: () => clock++, roundBudgetsMs: [300, 100_000] },
      around: async (task, input, invoke) => {
        const result = await invoke();
        if (task === 'CopyRange' && (input as RangeInput).round === 0) watch((result as { tokens: unknown[] }).tokens);
        return result;
      },
    },
  );

  expect(walkers[0]).toBeGreaterThan(1);
  expect(walkers[0]).toBeLessThanOrEqual(16);
});
