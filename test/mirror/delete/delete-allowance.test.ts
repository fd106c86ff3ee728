import fc from 'fast-check';
import { DeleteAllowance, quotaOf } from '../../../lambdas/engine/delete/delete-allowance';
import type { Host } from '../../../lambdas/engine/ports/host';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { type AdvanceInput, emptyCounters, type RangeInput } from '../../../statemachine/contract';
import { randomCases } from '../../support/length';
import { past, useMemoryMirror } from '../../support/memory-mirror';
import { roundsOf } from '../../support/rounds-of';
import { withoutPlans } from '../../support/without-plans';

const mirror = useMemoryMirror();
/** What is tested are loops that walk the buckets after the plan: only these may find more orphans than the plan. */
const host = { runStore: withoutPlans(mirror) };

const range = (deleteLimit: number, ranges: number, index: number, before: { deleted: number; failed: number }) =>
  ({
    run: { id: 'run', deleteLimit },
    phase: { name: 'sync', write: true },
    round: 0,
    index,
    share: { ranges, walkers: 1, uploads: 1 },
    before: { ...emptyCounters(), ...before },
  }) as RangeInput;

const small = fc.nat({ max: 50 });

it('gives the ranges of a round shares that add up to what is left, whatever their number', () => {
  fc.assert(
    fc.property(small, fc.integer({ min: 1, max: 60 }), small, small, (limit, ranges, deleted, failed) => {
      const shares = Array.from({ length: ranges }, (_, index) =>
        quotaOf(range(limit, ranges, index, { deleted, failed })),
      );
      expect(shares.reduce<number>((sum, share = Number.NaN) => sum + share, 0)).toBe(
        Math.max(0, limit - deleted - failed),
      );
    }),
  );
});

/** For an attempt of a range that may delete three objects. */
const allowanceOf = (index: number, more: Partial<Host> = {}) =>
  new DeleteAllowance(range(10, 2, index, { deleted: 4, failed: 0 }), { ...mirror.hostOf(), ...more });

it('lets one attempt of a range spend its quota, and no other', async () => {
  const [first, second] = [allowanceOf(1), allowanceOf(1)];
  await first.claim();
  await second.claim();

  expect([first.take(), first.take(), first.take(), first.take()]).toEqual([true, true, true, false]);
  expect([await first.close(), await second.close()]).toEqual([{}, { lostDeletes: 3 }]);
  expect([second.take(), second.isQuotaSpent]).toEqual([false, true]);
});

it('is claimed by a request that has to be repeated because its answer was lost', async () => {
  const runStore = openRunStore(mirror.reportLocation);
  const { putIfAbsent } = runStore;
  const repeated: typeof putIfAbsent = async (...args) =>
    (await putIfAbsent.apply(runStore, args)) && putIfAbsent.apply(runStore, args);
  const allowance = allowanceOf(2, { runStore: Object.assign(runStore, { putIfAbsent: repeated }) });

  await allowance.claim();

  expect(allowance.take()).toBe(true);
  expect(await allowance.close()).toEqual({});
});

it('sends one request for all that need it at the same time, and then nobody waits', async () => {
  const allowance = allowanceOf(0);

  await Promise.all([allowance.claim(), allowance.claim()]);

  expect(allowance.claim()).toBeUndefined();
  expect(await allowance.close()).toEqual({});
});

const key = (index: number) => `${'abcdefgh'[index % 8]}/${String(index).padStart(4, '0')}`;

interface Lossy {
  readonly objects: number;
  /** How many of them the source loses after the plan. */
  readonly lost: number;
  readonly limit: number;
  readonly rangesAtOnce: number;
  /** Attempts of `DeleteRange` that are lost when they are done, by their number. */
  readonly lostAttempts?: readonly number[];
}

/** Runs a mirror whose source loses objects after the plan. */
async function runLossy({ objects, lost, limit, rangesAtOnce, lostAttempts = [] }: Lossy) {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < objects; index++) {
    source.put(key(index), 'x', { lastModified: past });
    destination.put(key(index), 'x');
  }
  let attempts = 0;
  let mostRanges = 0;
  const summary = await mirror.run(
    { ...input, maxDeletes: limit, compare: 'size' },
    {
      pageSize: 5,
      // so short that each walk stops as soon as it may
      host: { ...host, ...roundsOf(1), rangesAtOnce },
      around: async (task, taskInput, invoke) => {
        const { phase, share } = taskInput as RangeInput;
        const result = await invoke();
        if (task === 'ClosePhase') for (let index = 0; index < lost; index++) source.remove(key(index));
        if (task === 'DeleteRange' && phase.write) {
          mostRanges = Math.max(mostRanges, share.ranges);
          if (lostAttempts.includes(attempts++)) throw Object.assign(new Error('gone'), { name: 'Lambda.Unknown' });
        }
        return result;
      },
    },
  );
  return { summary, deleted: objects - destination.index.size, mostRanges };
}

it('never deletes more than the limit, and deletes all orphans if they fit it, over any ranges and rounds', async () => {
  let mostRanges = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        objects: fc.integer({ min: 1, max: 80 }),
        lost: fc.nat({ max: 40 }),
        limit: fc.nat({ max: 40 }),
        rangesAtOnce: fc.integer({ min: 1, max: 8 }),
      }),
      async ({ objects, lost: most, limit, rangesAtOnce }) => {
        const lost = Math.min(most, objects - 1);
        const run = await runLossy({ objects, lost, limit, rangesAtOnce });
        mostRanges = Math.max(mostRanges, run.mostRanges);
        if (lost <= limit) {
          expect(run).toMatchObject({ summary: { status: 'succeeded', totals: { deleted: lost } }, deleted: lost });
        } else {
          expect(run).toMatchObject({ summary: { error: { name: 'DeleteGuardError' } }, deleted: limit });
          expect(run.summary.error?.message).toMatch(new RegExp(`: ${lost} orphans? at the destination`));
          expect(run.summary.error?.message).toContain(`allows ${limit}.`);
        }
      },
    ),
    // one that is split for sure
    { ...randomCases({ quick: 3, full: 10 }), examples: [[{ objects: 80, lost: 40, limit: 40, rangesAtOnce: 8 }]] },
  );
  expect(mostRanges).toBeGreaterThan(2);
});

it.each([1, 8])(
  'fails with one orphan more than the limit, and deletes no more, in %d ranges at once',
  async (rangesAtOnce) => {
    const { summary, deleted } = await runLossy({ objects: 60, lost: 21, limit: 20, rangesAtOnce });
    expect(summary).toMatchObject({
      status: 'failed',
      error: { name: 'DeleteGuardError' },
      totals: { deleted: 20, failed: 1 },
    });
    expect(deleted).toBe(20);
  },
);

it.each<[attempts: readonly number[]]>([[[0]], [[0, 1]], [[1, 2, 4]]])(
  'deletes no more than the limit if attempts %j of ranges deleted and were lost',
  async (lostAttempts) => {
    const { summary, deleted } = await runLossy({ objects: 60, lost: 40, limit: 10, rangesAtOnce: 4, lostAttempts });
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' } });
    expect(summary.error?.message).toContain('that a lost function may have deleted');
    expect(deleted).toBeLessThanOrEqual(10);
  },
);

it('does not say that the source lost objects if only a lost attempt is in the way', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('stays', 'x', { lastModified: past });
  for (const key of ['a', 'b', 'c']) destination.put(key, 'x');
  let isLost = false;
  const summary = await mirror.run(
    { ...input, maxDeletes: 3 },
    {
      host,
      around: async (task, taskInput, invoke) => {
        const result = await invoke();
        if (isLost || task !== 'DeleteRange' || !(taskInput as RangeInput).phase.write) return result;
        isLost = true;
        destination.put('c', 'x'); // as if the attempt had not come to it
        return invoke();
      },
    },
  );

  expect(summary.error).toMatchObject({
    name: 'DeleteGuardError',
    message:
      'A function was lost that may have deleted up to 3 objects. They count for `maxDeletes`, which allows 3. 0 objects deleted for certain, ' +
      'and 1 orphan left. Start the run again: its plan counts what is left',
  });
});

describe('the share of a range, ten objects,', () => {
  const isSync = (task: string, input: unknown) => task === 'DeleteRange' && (input as RangeInput).phase.write;

  /** Runs a mirror whose source loses every other object after the plan, in one range whose first attempt is in the hands of the test. */
  async function run(firstAttempt: (invoke: () => Promise<unknown>) => Promise<unknown>, objects: number) {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < objects; index++) {
      source.put(key(index), 'x', { lastModified: past });
      destination.put(key(index), 'x');
    }
    let attempts = 0;
    const copied = Promise.withResolvers<void>();
    const summary = await mirror.run(
      { ...input, maxDeletes: 10, compare: 'size' },
      {
        serial: true,
        pageSize: 5,
        host,
        around: async (task, taskInput, invoke) => {
          if (isSync(task, taskInput) && attempts++ === 0) {
            await copied.promise; // a fault is for this loop alone
            return firstAttempt(invoke);
          }
          const result = await invoke();
          if (task === 'AdvanceCopy' && (taskInput as AdvanceInput).phase.write) copied.resolve();
          if (task === 'ClosePhase') for (let index = 0; index < objects; index += 2) source.remove(key(index));
          return result;
        },
      },
    );
    return { summary, deleted: objects - destination.index.size };
  }

  it('is not touched by an attempt that fails before it deletes anything', async () => {
    const failing = async (invoke: () => Promise<unknown>) => {
      mirror.s3.onRequest = ({ operation }) =>
        operation === 'ListObjectsV2' ? { status: 403, code: 'AccessDenied' } : undefined;
      await expect(invoke()).rejects.toThrow();
      mirror.s3.onRequest = undefined;
      throw Object.assign(new Error('gone'), { name: 'Lambda.Unknown' }); // what S3 refuses is not tried again
    };
    const { summary, deleted } = await run(failing, 20);

    expect(deleted).toBe(10);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 10, failed: 0 } });
  });

  it('counts as spent by a lost attempt, although the next one finds no orphan any more', async () => {
    const results: unknown[] = [];
    const twice = async (invoke: () => Promise<unknown>) => {
      results.push(await invoke());
      results.push(await invoke());
      return results[1];
    };
    const { deleted } = await run(twice, 20);

    expect(deleted).toBe(10);
    expect(results).toMatchObject([{ counters: { deleted: 10 } }, { counters: { deleted: 0 }, lostDeletes: 10 }]);
  });

  it('is closed to later attempts by one that found no orphan', async () => {
    const { source, destination, input } = mirror.createPair();
    for (let index = 0; index < 20; index++) {
      source.put(key(index), 'x', { lastModified: past });
      destination.put(key(index), 'x');
    }
    let late: unknown;
    const summary = await mirror.run(
      { ...input, maxDeletes: 10, compare: 'size' },
      {
        host,
        around: async (task, taskInput, invoke) => {
          const result = await invoke();
          if (isSync(task, taskInput)) {
            for (let index = 0; index < 8; index++) source.remove(key(index));
            late = await invoke();
          }
          return result;
        },
      },
    );
    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0 } });
    expect(late).toMatchObject({ counters: { deleted: 0 }, lostDeletes: 10 });
    expect(destination.index.size).toBe(20);
  });
});
