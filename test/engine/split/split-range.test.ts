import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { RangeSplitter } from '../../../lambdas/engine/split/split-range';
import type { KeyRange } from '../../../statemachine/contract';
import { ListingError } from '../../../statemachine/errors';
import { key, keys } from '../../support/arbitrary-keys';
import { ChangingSide } from '../../support/changing-side';
import { KEY_DISTRIBUTIONS } from '../../support/key-distributions';
import { KeyList } from '../../support/key-list';
import { everyNth, randomCases } from '../../support/length';

async function split(side: KeyList, range: KeyRange, pieces: number, maxProbes = 10_000) {
  const splitter = new RangeSplitter(side, maxProbes);
  const parts = await splitter.split(await splitter.open(range), pieces);
  return { splitter, ranges: parts.map((part) => part.range) };
}

const runs = randomCases({ quick: 50, full: 300 });

it('covers exactly what the range covered, in no more pieces than asked, for any keys and any range', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys(60),
      fc.option(key, { nil: undefined }),
      fc.option(key, { nil: undefined }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 5 }),
      async (all, after, until, pieces, pageSize) => {
        const side = new KeyList(all, pageSize);
        const { ranges } = await split(side, { after, until }, pieces);

        expect(ranges.length).toBeGreaterThanOrEqual(1);
        expect(ranges.length).toBeLessThanOrEqual(pieces);
        expect([ranges[0]?.after, ranges.at(-1)?.until]).toEqual([after, until]);
        // Each range begins where the one before it ends.
        expect(ranges.slice(1).map((range) => range.after)).toEqual(ranges.slice(0, -1).map((range) => range.until));
        if (ranges.length > 1) for (const range of ranges) expect(side.count(range)).toBeGreaterThan(0);
      },
    ),
    runs,
  );
});

it('never asks for more pages than it may', async () => {
  await fc.assert(
    fc.asyncProperty(
      keys(60),
      fc.integer({ min: 2, max: 20 }),
      fc.integer({ min: 1, max: 12 }),
      async (all, pieces, most) => {
        const side = new KeyList(all, 2);
        const { splitter } = await split(side, {}, pieces, most);
        expect(splitter.probes).toBe(side.requests);
        expect(side.requests).toBeLessThanOrEqual(most + 1);
      },
    ),
    runs,
  );
});

it('gives up if S3 skips more delete markers than it may list', async () => {
  const markers = Array.from({ length: 500 }, (_, number) => `m${String(number).padStart(3, '0')}`);
  const side = new ChangingSide(new Set(['a', 'b', 'z']), new Set(markers), 1);
  const splitter = new RangeSplitter(side, 20);

  const parts = await splitter.split(await splitter.open({ after: 'a' }), 4);

  expect(parts.map(({ range }) => range)).toEqual([{ after: 'a' }]);
  expect(side.requests.length).toBeLessThanOrEqual(21);
});

it('leaves no list request unfinished if one of them fails', async () => {
  // Given
  const side = new KeyList(
    Array.from({ length: 2000 }, (_, index) => String(index).padStart(6, '0')),
    10,
  );
  const list = side.listPage.bind(side);
  let asked = 0;
  let open = 0;
  side.listPage = async (request) => {
    asked += 1;
    if (asked === 12) throw new ListingError('no');
    open += 1;
    for (let turn = 0; asked > 10 && turn < 20; turn++) await setImmediate();
    open -= 1;
    return list(request);
  };

  // When
  await expect(split(side, {}, 16)).rejects.toThrow(ListingError);

  // Then
  expect(open).toBe(0);
});

const COUNT = 60_000;
const sides = new Map<string, KeyList>();
afterAll(() => sides.clear());

const distributions: typeof KEY_DISTRIBUTIONS = {
  ...KEY_DISTRIBUTIONS,
  'a script of which few characters are on the first page': (index) =>
    `${String.fromCodePoint(0x4e00 + ((index * 7919) % 6000))}/${index}`,
};

const names = Object.keys(distributions);
describe.each(Object.entries(distributions))('%s', (name, make) => {
  function listed(): KeyList {
    const side =
      sides.get(name) ??
      new KeyList(
        Array.from({ length: COUNT }, (_, index) => make(index, COUNT)),
        60,
      );
    sides.set(name, side);
    return side;
  }

  it.each(everyNth(4, [17, 33, 64, 100], names.indexOf(name)))(
    'are split into %i ranges of which none has three times the mean',
    async (pieces) => {
      const side = listed();
      const { splitter, ranges } = await split(side, {}, pieces);
      const counts = ranges.map((range) => side.count(range));
      expect(ranges.length).toBeGreaterThan(0.9 * pieces);
      expect(Math.max(...counts)).toBeLessThanOrEqual((3 * side.size) / ranges.length);
      expect(splitter.probes).toBeLessThanOrEqual(8 * pieces);
    },
  );
});
