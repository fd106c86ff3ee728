import fc from 'fast-check';
import { shareWork } from '../../../lambdas/engine/kept-plan/share-work';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { isWithin } from '../../../lambdas/engine/keys/key-range';
import type { ContinuationToken } from '../../../statemachine/contract';
import { randomCases } from '../../support/length';

type Parts = Parameters<typeof shareWork>[1];

const nameOf = (index: number) => `key-${String(index).padStart(6, '0')}`;

/** A plan of one part with an action for each of these keys. */
function onePart(keys: readonly string[]): Parts {
  return {
    parts: [{}] as unknown as Parts['parts'],
    ends: () => [],
    behind: async (after, _most, wanted) =>
      keys
        .filter((key) => isWithin({ ...(after !== undefined && { after }) }, key) && wanted(key))
        .map((key) => ({ key, action: 'copy', reason: 'size' })),
  };
}

/** A plan of so many parts that none is read to cut it. */
function manyParts(ends: readonly { readonly key: string; readonly actions: number }[]): Parts {
  return {
    parts: ends as unknown as Parts['parts'],
    ends: () => ends,
    behind: () => Promise.reject(new Error('Expected no part to be read')),
  };
}

const countIn = (range: ContinuationToken, keys: readonly string[]) =>
  keys.filter((key) => isWithin(range, key)).length;

it('gives each walker as much as the others, and no less than a page', async () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => nameOf(index));
  const ranges = await shareWork([{}], onePart(keys), 8, () => true);
  expect(ranges.map((range) => countIn(range, keys))).toEqual(Array.from({ length: 8 }, () => 2_500));

  const few = keys.slice(0, 2_500);
  const pieces = await shareWork([{}], onePart(few), 8, () => true);
  expect(pieces.map((range) => countIn(range, few))).toEqual([834, 833, 833]);
  expect(await shareWork([{}], onePart(keys.slice(0, 1_000)), 8, () => true)).toEqual([{}]);
});

it('counts only what this phase is about', async () => {
  const keys = Array.from({ length: 4_000 }, (_, index) => nameOf(index));
  const isLate = (key: string) => compareKeys(key, nameOf(2_000)) >= 0;
  const ranges = await shareWork([{}], onePart(keys), 8, isLate);
  expect(ranges).toEqual([{ until: nameOf(2_999) }, { after: nameOf(2_999) }]);
});

it('leaves ranges whole if there are as many as walkers', async () => {
  const tokens = [{ until: nameOf(9) }, { after: nameOf(9), until: nameOf(9_000) }, { after: nameOf(9_000) }];
  const keys = Array.from({ length: 10_000 }, (_, index) => nameOf(index));
  expect(await shareWork(tokens, onePart(keys), 5, () => true)).toEqual(tokens);
});

it('covers exactly what the ranges covered, in no more pieces than walkers, whatever the parts', async () => {
  const someKey = fc.integer({ min: 0, max: 999 }).map(nameOf);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(someKey, { minLength: 17, maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 40, maxLength: 40 }),
      fc.uniqueArray(someKey, { maxLength: 3 }),
      fc.integer({ min: 1, max: 8 }),
      async (names, counts, borders, walkers) => {
        const ends = names.sort(compareKeys).map((key, index) => ({ key, actions: counts[index] as number }));
        const at = borders.sort(compareKeys);
        const tokens = [...at, undefined].map((until, index) => ({
          ...(index > 0 && { after: at[index - 1] as string }),
          ...(until !== undefined && { until }),
        }));

        const ranges = await shareWork(tokens, manyParts(ends), Math.max(walkers, tokens.length), () => true);

        expect(ranges.length).toBeLessThanOrEqual(Math.max(walkers, tokens.length));
        for (let index = 0; index < 1_000; index++)
          expect(ranges.filter((range) => isWithin(range, nameOf(index)))).toHaveLength(1);
        expect(ranges[0]?.after).toBeUndefined();
        expect(ranges.at(-1)?.until).toBeUndefined();
      },
    ),
    randomCases({ quick: 20, full: 300 }),
  );
});
