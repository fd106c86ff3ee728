import { setImmediate } from 'node:timers/promises';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { STOP } from '../../../lambdas/engine/walk/stop';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import { ListingError } from '../../../statemachine/errors';
import { KeyList } from '../../support/key-list';

/** A walk of two equal sides by this many walkers, which nothing stops. */
function sharedBy(walkers: number, side: KeyList) {
  const cutLimits = CUT_LIMITS.laterRound;
  return { walked: side, other: side, proveAbsence: false, walkers, cutLimits, shouldStop: () => false };
}

it('returns no more ranges than it may have walkers, although walkers stop and others take over', async () => {
  // Given keys of which only a few can be decided; each cut leaves those that cannot to others
  const keys = Array.from({ length: 4096 }, (_, number) => number.toString(2).padStart(12, '0'));
  const side = new KeyList(keys, 2);
  const decided: string[] = [];

  // When
  const ends = await walkRanges([{}], {
    ...sharedBy(2, side),
    createVisitor: () => ({
      visit({ key }) {
        if (key >= '000001') return STOP;
        decided.push(key);
        return undefined;
      },
    }),
  });

  // Then
  const left = ends.flatMap(({ remainder }) => remainder ?? []);
  expect(left.length).toBeGreaterThan(0);
  expect(left.length).toBeLessThanOrEqual(2);
  expect(decided.sort()).toEqual(keys.slice(0, 64));
  expect(left.reduce((sum, range) => sum + side.count(range), 0)).toBe(4032);
});

it('carries out the decisions of a walker when that walker ends, not when all of them have ended', async () => {
  // Given visitors that let things wait until the next page
  const keys = Array.from({ length: 400 }, (_, number) => number.toString(2).padStart(9, '0'));
  const side = new KeyList(keys, 3);
  const waiting: string[][] = [];

  // When
  await walkRanges([{}], {
    ...sharedBy(3, side),
    proveAbsence: true,
    createVisitor() {
      const decided: string[] = [];
      waiting.push(decided);
      return {
        visit({ key }) {
          decided.push(key);
          return undefined;
        },
        async flush() {
          decided.length = 0;
        },
      };
    },
  });

  // Then
  expect(waiting.length).toBeGreaterThan(2);
  expect(waiting.flat()).toEqual([]);
});

it('walks all other ranges to their end if one cannot be listed', async () => {
  // Given two ranges, of which the second is never listed
  const keys = Array.from({ length: 400 }, (_, number) => String(number).padStart(3, '0'));
  const side = new KeyList(keys, 3);
  const list = side.listPage.bind(side);
  side.listPage = async (request) => {
    if ((request.continuation ?? request.startAfter ?? '') >= '199') throw new ListingError('no');
    return list(request);
  };
  const decided: string[] = [];

  // When
  const ends = await walkRanges([{ until: '199' }, { after: '199' }], {
    ...sharedBy(2, side),
    createVisitor: () => ({
      visit({ key }) {
        decided.push(key);
        return undefined;
      },
    }),
  });

  // Then
  expect(decided).toEqual(keys.slice(0, 200));
  expect(ends).toContainEqual({ begun: true });
  expect(ends).toContainEqual({ begun: false, remainder: { after: '199' }, error: expect.any(ListingError) });
});

it('has ended all walkers when it throws what no listing throws', async () => {
  // Given a side that breaks where somebody looks for a place to cut
  const keys = Array.from({ length: 2000 }, (_, number) => number.toString(2).padStart(11, '0'));
  const side = new KeyList(keys, 3);
  const list = side.listPage.bind(side);
  side.listPage = async (request) => {
    if (request.startAfter !== undefined && !keys.includes(request.startAfter)) throw new TypeError('broken');
    return list(request);
  };
  let visited = 0;
  const visit = () => {
    visited += 1;
    return undefined;
  };

  // When
  const walk = walkRanges([{}], {
    ...sharedBy(4, side),
    createVisitor: () => ({ visit }),
  });

  // Then
  await expect(walk).rejects.toThrow(TypeError);
  const before = visited;
  for (let turn = 0; turn < 50; turn++) await setImmediate();
  expect(visited).toBe(before);
  expect(visited).toBeLessThan(keys.length);
});

describe('a range that is likely to have some pages', () => {
  /** @returns how many keys were decided when each walker began */
  async function walkersOf(pages: number, likelyPages: readonly number[]): Promise<number[]> {
    const keys = Array.from({ length: 4 * pages }, (_, number) => number.toString(2).padStart(10, '0'));
    const begins: number[] = [];
    let decided = 0;
    await walkRanges([{}], {
      ...sharedBy(64, new KeyList(keys, 4)),
      likelyPages,
      createVisitor() {
        begins.push(decided);
        return {
          visit() {
            decided += 1;
            return undefined;
          },
        };
      },
    });
    expect(decided).toBe(keys.length);
    return begins;
  }

  it.each([
    [20, 20],
    [10, 20],
    [32, 500],
  ])('is left to one walker if it has %i pages, and %i are likely', async (pages, likely) => {
    expect(await walkersOf(pages, [likely])).toEqual([0]);
  });

  it.each([
    [20, 20],
    [40, 32], // it may be cut after this many, however many are likely
    [500, 32],
  ])('is cut if it has more pages than the %i that are likely: after more than %i', async (likely, expected) => {
    const [first, second = 0, ...more] = await walkersOf(200, [likely]);

    expect(first).toBe(0);
    expect(second).toBeGreaterThan(4 * expected);
    expect(more).not.toEqual([]);
  });

  it('is cut soon if nobody knows how many', async () => {
    const [, second] = await walkersOf(200, []);

    expect(second).toBeLessThan(4 * 10);
  });
});
