import fc from 'fast-check';
import { lambdaHost } from '../../lambdas/aws/lambda-host';
import { DeleteAllowance, shareOf } from '../../lambdas/engine/delete-allowance';
import { emptyCounters, type RangeInput } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';

const mirror = useMirror();

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
        shareOf(range(limit, ranges, index, { deleted, failed })),
      );
      expect(shares.reduce<number>((sum, share = Number.NaN) => sum + share, 0)).toBe(
        Math.max(0, limit - deleted - failed),
      );
    }),
  );
});

it('lets one attempt of a range spend its share, and no other', async () => {
  const host = () => lambdaHost({ getRemainingTimeInMillis: () => 1000 });
  const input = range(10, 2, 1, { deleted: 4, failed: 0 });

  const first = await DeleteAllowance.claim(input, host());
  const second = await DeleteAllowance.claim(input, host());

  expect([first.take(), first.take(), first.take(), first.take()]).toEqual([true, true, true, false]);
  expect([first.lost, second.lost]).toEqual([{}, { lostDeletes: 3 }]);
  expect([second.take(), second.isShareSpent]).toEqual([false, true]);
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
      host: { roundBudgetsMs: [1], rangesAtOnce },
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

it('never deletes more than the limit, and all orphans where they fit it, over any ranges and rounds', async () => {
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
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 15) },
  );
  expect(mostRanges).toBeGreaterThan(2);
}, 240_000);

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
  'deletes no more than the limit where attempts %j of ranges deleted and were lost',
  async (lostAttempts) => {
    const { summary, deleted } = await runLossy({ objects: 60, lost: 40, limit: 10, rangesAtOnce: 4, lostAttempts });
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'DeleteGuardError' } });
    expect(summary.error?.message).toContain('that a function deleted which did not come to its end');
    expect(deleted).toBeLessThanOrEqual(10);
  },
);
