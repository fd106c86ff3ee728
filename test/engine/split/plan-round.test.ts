import fc from 'fast-check';
import { planRound, type Round } from '../../../lambdas/engine/split/plan-round';
import { FIRST_SHARE } from '../../../lambdas/engine/split/range-share';
import { uploadsWithin } from '../../../lambdas/engine/uploads/unfinished-uploads';
import type { ContinuationToken, Counters, RangeResult, UnfinishedUpload } from '../../../statemachine/contract';
import { ChangingSide } from '../../support/changing-side';
import { KeyList } from '../../support/key-list';

const MANY = 999_999_999_999;

/** The run, its input and the other loop take the rest of `STATE_LIMIT_BYTES`. */
const SMALL_ENOUGH = 200 * 1024;

const requests = { list: MANY, head: MANY, copy: MANY, delete: MANY, other: MANY };
const outcomes = { copied: MANY, copiedBytes: MANY, deleted: MANY, unchanged: MANY, skipped: MANY, failed: MANY };
const LARGEST_UPLOAD: Omit<UnfinishedUpload, 'key'> = {
  ...{ id: 'u'.repeat(300), eTag: `${'e'.repeat(32)}-10000` },
  ...{ rightParts: 10_000, partBytes: 16_777_216 },
};
const counters: Counters = { listed: MANY, ...outcomes, requests };

/**
 * A Task of which nothing comes to an end: each walker has something left, and each has met large objects.
 *
 * @param large  whether there are large objects, in a loop that copies
 */
function unfinished(task: readonly ContinuationToken[], { share, uploads }: Round, large: boolean): RangeResult {
  const carriedOn = uploadsWithin(task, uploads);
  const isBegun = ({ until }: ContinuationToken) => carriedOn.some(({ key }) => key === until);
  const [range] = task.filter((token) => !isBegun(token));
  const left = range ? Array<ContinuationToken>(share.walkers).fill(range) : [];
  const handedOn = range && large ? largeObjects(share.uploads, range.until?.length ?? 0) : [];
  const begun = handedOn.map(({ until: key }) => ({ key, ...LARGEST_UPLOAD }));
  const tokens = [...task.filter(isBegun), ...left, ...handedOn];
  return { counters, tokens, uploads: [...carriedOn, ...begun], elapsedMs: MANY, lostDeletes: MANY };
}

let objects = 0;
/** Ranges of one object each. */
function largeObjects(count: number, keyBytes: number) {
  const nameOf = (index: number) => `x${String(index).padStart(keyBytes - 1, '0')}`;
  return Array.from({ length: count }, () => ({ after: nameOf(objects), until: nameOf(++objects) }));
}

it('keeps the state small enough, even if many rounds return as many tokens as they may', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 10, max: 1000 }),
      fc.constantFrom('lists', 'copies', 'copies large objects'),
      fc.constantFrom(0, 1e9),
      async (most, keyBytes, work, pages) => {
        const copies = work !== 'lists';
        const large = work === 'copies large objects';
        const key = 'k'.repeat(keyBytes);
        const nothingToCut = new ChangingSide(new Set());
        let round: Round = { tokens: [[{ after: key, until: key }]], waiting: [], uploads: [], share: FIRST_SHARE };
        for (let number = 1; number <= 12; number++) {
          const { tokens, waiting, share } = round;
          const results = tokens.map((task) => unfinished(task, round, large));

          expect(JSON.stringify({ ...round, results }).length).toBeLessThan(SMALL_ENOUGH);
          expect(share.ranges).toBe(tokens.length);
          expect(tokens.length).toBeGreaterThan(0);
          const left = {
            copies,
            tokens: [...waiting, ...results.flatMap((result) => result.tokens)],
            uploads: [...uploadsWithin(waiting, round.uploads), ...results.flatMap((result) => result.uploads ?? [])],
          };
          round = await planRound(left, nothingToCut, most, { pages });
        }
      },
    ),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 50) },
  );
});

it.each(
  [1, 100, 1000].flatMap((most) => [
    { most, copies: true },
    { most, copies: false },
  ]),
)('keeps the state small enough if only the keys behind the cuts are long: %j', async ({ most, copies }) => {
  // Given a first page of short keys, and keys of 1,024 bytes that differ near their beginning
  const short = Array.from({ length: 20 }, (_, number) => `a${number}`);
  const long = Array.from({ length: 4000 }, (_, number) => `b${String(number).padStart(4, '0')}`.padEnd(1024, 'x'));

  // When each walker of the next round stops at one of the long keys
  const side = new KeyList([...short, ...long], 10);
  const round = await planRound({ tokens: [{}], uploads: [], copies }, side, most, { pages: 1e9 });
  const stopped = round.tokens.map((task) => task.map((range) => ({ ...range, after: long[0] as string })));

  // Then
  const results = stopped.map((task) => unfinished(task, round, false));
  expect(JSON.stringify({ ...round, results }).length).toBeLessThan(SMALL_ENOUGH);
});

it('covers what is left exactly once, whether it runs or waits, even if long keys make neighbours join', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.nat(5000), { minLength: 1, maxLength: 400, size: 'max' }),
      fc.constantFrom(1, 40, 950),
      fc.oneof(fc.constant([]), fc.uniqueArray(fc.nat(5000), { maxLength: 60, size: 'max' })),
      fc.constantFrom(1, 2, 30, 300),
      fc.boolean(),
      fc.constantFrom(0, 1e9),
      async (numbers, padding, cuts, most, copies, pages) => {
        // Given ranges between any keys, short ones first
        const nameOf = (number: number) =>
          `${number < 100 ? 'a' : 'k'.repeat(padding)}${String(number).padStart(5, '0')}`;
        const side = new KeyList([1, 2, 3, ...numbers].map(nameOf), 3);
        const bounds = cuts.map(nameOf).sort();
        const left = [undefined, ...bounds].map((after, index) => ({ after, until: bounds[index] }));

        // When
        const { tokens, waiting } = await planRound({ tokens: left, uploads: [], copies }, side, most, { pages });

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

/** Eight thousand numbers of one length, ten on a page. */
const nameOf = (number: number) => String(number).padStart(6, '0');
const numbers = () =>
  new KeyList(
    Array.from({ length: 8000 }, (_, number) => nameOf(number)),
    10,
  );

it('cuts each of several ranges as if it were alone, wherever the others end', async () => {
  const side = numbers();
  const tokens = [{ after: nameOf(5999) }, { after: nameOf(3999), until: nameOf(5999) }, { until: nameOf(3999) }];

  const round = await planRound({ tokens, uploads: [], copies: true }, side, 24);

  const parts = tokens.map(({ after = '', until = '9' }) =>
    round.tokens.flat().filter((range) => (range.until ?? '9') > after && (range.after ?? '') < until),
  );
  expect(parts.map(({ length }) => length)).toEqual([8, 8, 8]);
});

it('gives a Task that only lists all its walkers and, once much is listed, pieces from different places', async () => {
  const left = { tokens: [{}], uploads: [], copies: false };

  const early = await planRound(left, numbers(), 20, { pages: 100 });
  const late = await planRound(left, numbers(), 20, { pages: 100_000 });

  const shapeOf = ({ tokens, share }: Round) => [tokens.length, tokens.flat().length, share.walkers];
  expect([early, late].map(shapeOf)).toEqual([
    [20, 20, FIRST_SHARE.walkers],
    [20, 80, FIRST_SHARE.walkers],
  ]);
  const ends = new Set(late.tokens[0]?.map(({ until }) => until));
  expect(late.tokens[0]?.filter(({ after }) => after !== undefined && ends.has(after))).toEqual([]);
});

it('leaves room for all walkers of the next round, although all walkers of this one bring something back', async () => {
  const left = { tokens: [{}], uploads: [], copies: false };
  const first = await planRound(left, numbers(), 100, { pages: 100_000 });
  const tokens = first.tokens.flatMap((task) => unfinished(task, first, false).tokens);

  const next = await planRound({ ...left, tokens }, new KeyList([], 10), 100, { pages: 100_000 });

  expect(next.waiting).toEqual([]);
  expect(next.share.walkers).toBe(first.share.walkers);
  expect(next.tokens.length).toBeGreaterThanOrEqual(first.tokens.length);
});
