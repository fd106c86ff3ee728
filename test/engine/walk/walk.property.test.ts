import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import type { Visitor } from '../../../lambdas/engine/walk/walker';
import type { KeyRange } from '../../../statemachine/contract';
import { ChangingSide } from '../../support/changing-side';
import { randomCases } from '../../support/length';

const name = fc.stringMatching(/^[a-f]{1,2}$/);
const names = fc.uniqueArray(name, { maxLength: 12 });
const scenario = fc.record({
  scheduler: fc.scheduler(),
  both: names,
  sourceOnly: names,
  destinationOnly: names,
  sourceMarkers: names,
  destinationMarkers: names,
  newOnBoth: fc.uniqueArray(name, { maxLength: 5 }),
  sourcePage: fc.integer({ min: 1, max: 4 }),
  destinationPage: fc.integer({ min: 1, max: 4 }),
  walkers: fc.integer({ min: 1, max: 4 }),
  stops: fc.infiniteStream(fc.boolean()),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

interface Visit {
  readonly key: string;
  readonly found: boolean;
}

/** Walks again and again from where it was stopped, as the rounds of a loop do. */
async function walkInRounds(
  walked: ChangingSide,
  other: ChangingSide,
  proveAbsence: boolean,
  walkers: number,
  stops: Iterator<boolean>,
  onlyOther?: string[],
): Promise<Visit[]> {
  const visits: Visit[] = [];
  const ranges: KeyRange[] = [{}];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const ends = await walkRanges([range], {
      walked,
      other,
      proveAbsence,
      walkers,
      cutLimits: CUT_LIMITS.laterRound,
      createVisitor: () => ({
        visit({ key }, counterpart) {
          visits.push({ key, found: counterpart !== undefined });
          return undefined;
        },
        ...(onlyOther && {
          visitOther({ key }) {
            onlyOther.push(key);
            return undefined;
          },
        }),
      }),
      shouldStop: () => stops.next().value === true,
    });
    for (const { error, remainder } of ends) {
      if (error !== undefined) throw error;
      if (remainder) ranges.push(remainder);
    }
  }
  return visits.sort((a, b) => compareKeys(a.key, b.key));
}

const settings = randomCases({ quick: 200, full: 1000 });

it('finds every orphan, and no key that is put on both sides at any moment, in whatever order answers come', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      // Given two sides of which some keys never change, and keys that come to the source, and then to the destination
      const { scheduler, both, sourceMarkers, destinationMarkers, sourcePage, destinationPage, stops } = given;
      const atSource = new Set([...both, ...given.sourceOnly]);
      const orphans = new Set(given.destinationOnly.filter((key) => !atSource.has(key)));
      const news = given.newOnBoth.filter((key) => !orphans.has(key) && !atSource.has(key));
      const pause = (what: string) => scheduler.schedule(Promise.resolve(), what);
      const source = new ChangingSide(new Set(atSource), new Set(sourceMarkers), sourcePage, pause);
      const destination = new ChangingSide(
        new Set([...both, ...orphans]),
        new Set(destinationMarkers),
        destinationPage,
        pause,
      );
      const putAll = async () => {
        for (const key of news) {
          await pause(`put ${key}`);
          source.keys.add(key);
          await pause(`copy ${key}`);
          destination.keys.add(key);
        }
      };

      // When
      const walking = walkInRounds(destination, source, true, given.walkers, stops);
      await scheduler.waitFor(Promise.all([walking, putAll()]));
      const visits = await walking;

      // Then
      const taken = visits.filter(({ found }) => !found).map(({ key }) => key);
      expect(taken.sort()).toEqual([...orphans].sort());
      const visited = visits.map(({ key }) => key);
      expect(visited).toEqual([...new Set(visited)].sort());
      expect(visited).toEqual(expect.arrayContaining([...both, ...orphans]));
    }),
    settings,
  );
});

/** Both sides, which nobody changes. */
function sidesOf(given: Scenario) {
  const { both, sourceOnly, destinationOnly, sourcePage, destinationPage } = given;
  return {
    source: new ChangingSide(new Set([...both, ...sourceOnly]), new Set(given.sourceMarkers), sourcePage),
    destination: new ChangingSide(
      new Set([...both, ...destinationOnly]),
      new Set(given.destinationMarkers),
      destinationPage,
    ),
  };
}

it('decides every key of the source once and finds its counterpart, however short the pages and rounds', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { source, destination } = sidesOf(given);

      const visits = await walkInRounds(source, destination, false, given.walkers, given.stops);

      expect(visits).toEqual([...source.keys].sort().map((key) => ({ key, found: destination.keys.has(key) })));
    }),
    settings,
  );
});

it('decides every key of both sides once if it visits both, however short the pages and rounds', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const { source, destination } = sidesOf(given);
      const onlyOther: string[] = [];

      const visits = await walkInRounds(source, destination, false, given.walkers, given.stops, onlyOther);

      expect(visits).toEqual([...source.keys].sort().map((key) => ({ key, found: destination.keys.has(key) })));
      expect(onlyOther.sort()).toEqual([...destination.keys].filter((key) => !source.keys.has(key)).sort());
    }),
    settings,
  );
});

it('shares what only the other side has', async () => {
  // Given a source that ends soon, and a destination that goes on
  const many = Array.from({ length: 400 }, (_, index) => `k${String(index).padStart(3, '0')}`);
  const [walked, other] = [new ChangingSide(new Set(['a'])), new ChangingSide(new Set(many))];
  const walkers: string[][] = [];
  const createVisitor = (): Visitor => {
    const visited: string[] = [];
    walkers.push(visited);
    return { visit: () => undefined, visitOther: ({ key }) => void visited.push(key) };
  };

  // When
  const options = { walked, other, proveAbsence: false, walkers: 4, cutLimits: CUT_LIMITS.laterRound };
  await walkRanges([{}], { ...options, createVisitor, shouldStop: () => false });

  // Then
  expect(walkers.flat().sort()).toEqual(many);
  expect(walkers.filter(({ length }) => length > 10).length).toBeGreaterThan(1);
});

it.each([true, false])(
  'holds a page of each side and fetches at most one ahead: proveAbsence %j',
  async (proveAbsence) => {
    // Given a hundred pages on both sides
    const keys = Array.from({ length: 200 }, (_, index) => `k${String(index).padStart(3, '0')}`);
    const [walked, other] = [new ChangingSide(new Set(keys)), new ChangingSide(new Set(keys))];
    let ahead = 0;

    // When
    const visit: Visitor['visit'] = async ({ key }) => {
      await new Promise(setImmediate); // a prefetch that does not wait for its turn would now run on
      const page = Math.floor(keys.indexOf(key) / 2) + 1;
      ahead = Math.max(ahead, walked.requests.length - page, other.requests.length - page);
    };
    const options = {
      walked,
      other,
      proveAbsence,
      walkers: 1,
      cutLimits: CUT_LIMITS.laterRound,
      shouldStop: () => false,
    };
    await walkRanges([{}], { ...options, createVisitor: () => ({ visit }) });

    // Then
    expect(ahead).toBe(1);
    expect([walked.mostOpen, other.mostOpen]).toEqual([1, 1]);
    expect([walked.requests.length, other.requests.length]).toEqual([100, 100]);
  },
);

it('reaches the end although it may stop after every page of a side that has far more keys', async () => {
  const many = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(3, '0')}`);
  const [walked, other] = [new ChangingSide(new Set(['a', 'z'])), new ChangingSide(new Set(many))];
  const visits = await walkInRounds(
    walked,
    other,
    true,
    1,
    (function* () {
      for (;;) yield true;
    })(),
  );
  expect(visits).toEqual([
    { key: 'a', found: false },
    { key: 'z', found: false },
  ]);
});
