import fc from 'fast-check';
import { planRound, type Round } from '../../../lambdas/engine/split/plan-round';
import { FIRST_SHARE } from '../../../lambdas/engine/split/range-share';
import { STATE_LIMIT_BYTES } from '../../../statemachine/budgets';
import type { ContinuationToken, Counters, RangeResult } from '../../../statemachine/contract';
import { ChangingSide } from '../../support/changing-side';
import { KeyList } from '../../support/key-list';

const MANY = 999_999_999_999;

const requests = { list: MANY, head: MANY, copy: MANY, delete: MANY, other: MANY };
const outcomes = { copied: MANY, copiedBytes: MANY, deleted: MANY, unchanged: MANY, skipped: MANY, failed: MANY };
const counters: Counters = { listed: MANY, ...outcomes, requests };

/** A Task of which nothing comes to an end: each walker has something left, and each has met large objects. */
function unfinished(
  task: readonly ContinuationToken[],
  { walkers, uploads }: Round['share'],
  large: boolean,
): RangeResult {
  const goingOn = task.filter(({ upload }) => upload);
  const [range] = task.filter(({ upload }) => !upload);
  const left = range ? Array<ContinuationToken>(walkers).fill(range) : [];
  const begun = { ...range, upload: { id: 'u'.repeat(300), eTag: `${'e'.repeat(32)}-10000` } };
  const handedOn = range && large ? Array<ContinuationToken>(uploads).fill(begun) : [];
  return { counters, tokens: [...goingOn, ...left, ...handedOn], elapsedMs: MANY, lostDeletes: MANY };
}

it('keeps the state small enough, even if many rounds return as many tokens as they may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.boolean(),
      async (most, keyBytes, large) => {
        const key = 'k'.repeat(keyBytes);
        const nothingToCut = new ChangingSide(new Set());
        let round: Round = { tokens: [[{ after: key, until: key }]], waiting: [], share: FIRST_SHARE };
        for (let number = 1; number <= 12; number++) {
          const { tokens, waiting, share } = round;
          const results = tokens.map((task) => unfinished(task, share, large));

          expect(JSON.stringify({ tokens, waiting, share, results }).length).toBeLessThan(STATE_LIMIT_BYTES);
          expect(share.ranges).toBe(tokens.length);
          expect(tokens.length).toBeGreaterThan(0);
          round = await planRound([...waiting, ...results.flatMap((result) => result.tokens)], nothingToCut, most);
        }
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 50) },
  );
});

it.each([1, 100, 1000])(
  'keeps the state small enough if only the keys behind the cuts are long: %i ranges',
  async (most) => {
    // Given a first page of short keys, and keys of 1,024 bytes that differ near their beginning
    const short = Array.from({ length: 20 }, (_, number) => `a${number}`);
    const long = Array.from({ length: 4000 }, (_, number) => `b${String(number).padStart(4, '0')}`.padEnd(1024, 'x'));

    // When each walker of the next round stops at one of the long keys
    const { tokens, waiting, share } = await planRound([{}], new KeyList([...short, ...long], 10), most);
    const stopped = tokens.map((task) => task.map((range) => ({ ...range, after: long[0] as string })));

    // Then
    const results = stopped.map((task) => unfinished(task, share, false));
    expect(JSON.stringify({ tokens, waiting, share, results }).length).toBeLessThan(STATE_LIMIT_BYTES);
  },
);

it('covers what is left exactly once, whether it runs or waits, even if long keys make neighbours join', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(5000), { minLength: 1, maxLength: 400, size: 'max' }),
      fc.constantFrom(1, 40, 950),
      fc.oneof(fc.constant([]), fc.uniqueArray(fc.nat(5000), { maxLength: 60, size: 'max' })),
      fc.constantFrom(1, 2, 30, 300),
      async (numbers, padding, cuts, most) => {
        // Given ranges between any keys, short ones first
        const nameOf = (number: number) =>
          `${number < 100 ? 'a' : 'k'.repeat(padding)}${String(number).padStart(5, '0')}`;
        const side = new KeyList([1, 2, 3, ...numbers].map(nameOf), 3);
        const bounds = cuts.map(nameOf).sort();
        const left = [undefined, ...bounds].map((after, index) => ({ after, until: bounds[index] }));

        // When
        const { tokens, waiting } = await planRound(left, side, most);

        // Then the ranges follow each other without gap or overlap
        const ranges = [...tokens.flat(), ...waiting].sort((a, b) => ((a.after ?? '') < (b.after ?? '') ? -1 : 1));
        expect([ranges[0]?.after, ranges.at(-1)?.until]).toEqual([undefined, undefined]);
        expect(ranges.slice(1).map(({ after }) => after)).toEqual(ranges.slice(0, -1).map(({ until }) => until));
        expect(tokens.length).toBeLessThanOrEqual(most);
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 100) },
  );
});
