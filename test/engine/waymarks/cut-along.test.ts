import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { isWithin } from '../../../lambdas/engine/keys/key-range';
import { cutAlong } from '../../../lambdas/engine/waymarks/cut-along';
import type { Waymark } from '../../../lambdas/engine/waymarks/waymark';
import { keys } from '../../support/arbitrary-keys';
import { randomCases } from '../../support/length';

const waymarks = fc
  .tuple(keys(40), fc.infiniteStream(fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 1e12 }))))
  .map(([names, counts]): Waymark[] =>
    names.sort(compareKeys).map((key) => ({ key, objects: counts.next().value as number })),
  );

it('covers exactly what the range covered, in no more parts than asked, whatever the waymarks say', () => {
  fc.assert(
    fc.property(waymarks, keys(2), fc.integer({ min: 1, max: 40 }), fc.nat(3), (given, ends, most, open) => {
      const [after, until] = [...ends].sort(compareKeys);
      const range = {
        ...(after !== undefined && open & 1 && { after }),
        ...(until !== undefined && until !== after && open & 2 && { until }),
      };

      const parts = cutAlong(range, given, most).map((part) => part.range);

      expect(parts.length).toBeGreaterThan(0);
      expect(parts.length).toBeLessThanOrEqual(most);
      expect(parts[0]?.after).toBe(range.after);
      expect(parts.at(-1)?.until).toBe(range.until);
      for (const [index, part] of parts.slice(1).entries()) {
        expect(part.after).toBe(parts[index]?.until);
        expect(given.map(({ key }) => key)).toContain(part.after);
      }
      for (const key of given.map((waymark) => waymark.key).filter((name) => isWithin(range, name)))
        expect(parts.filter((part) => isWithin(part, key))).toHaveLength(1);
      for (const part of parts)
        if (part.after !== undefined && part.until !== undefined)
          expect(compareKeys(part.after, part.until)).toBeLessThan(0);
    }),
    randomCases({ quick: 500, full: 5000 }),
  );
});

const everyQuarter = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: String(index).padStart(6, '0'), objects: 250 }));

it.each([
  { pages: 200, most: 32, size: 7, parts: 29 },
  { pages: 200, most: 16, size: 13, parts: 16 },
  { pages: 12, most: 16, size: 5, parts: 3 },
  { pages: 5, most: 16, size: 5, parts: 1 },
])('cuts $pages pages where pages are full, for up to $most walkers', ({ pages, most, size, parts }) => {
  const cut = cutAlong({}, everyQuarter(4 * pages), most);

  expect(cut).toHaveLength(parts);
  expect(cut.slice(0, -1).map((part) => part.pages)).toEqual(Array(parts - 1).fill(size));
  expect(cut.reduce((sum, part) => sum + part.pages, 0)).toBe(pages);
});

it('fills hardly more pages than there are, if the walks before began anywhere', () => {
  // Given waymarks of walks of which each ended somewhere within a page
  const given = everyQuarter(800).map(({ key }, index) => ({ key, objects: index % 27 === 26 ? 112 : 250 }));
  const pages = Math.ceil(given.reduce((sum, { objects }) => sum + objects, 0) / 1000);

  const cut = cutAlong({}, given, 32);

  expect(cut.reduce((sum, part) => sum + part.pages, 0)).toBeLessThanOrEqual(pages * 1.05);
});
