import fc from 'fast-check';
import { HEADS_PER_PAGE, type SideOfKeys } from '../../../lambdas/engine/walk/key-finder';
import { type KeyWalk, walkKeys } from '../../../lambdas/engine/walk/walk-keys';
import type { Visitor, WalkEnd } from '../../../lambdas/engine/walk/walker';
import type { ContinuationToken } from '../../../statemachine/contract';
import { type HeadAnswer, KeySide } from '../../support/key-side';
import { randomCases } from '../../support/length';

const PAGE = 1000;
const lone = (count: number) => Array.from({ length: count }, (_, index) => `${String(index).padStart(6, '0')}/lone`);
/** So many other objects lie between two lone keys that no page shows both. */
const crowd = (keys: readonly string[]) =>
  keys.flatMap((key) => Array.from({ length: 4 }, (_, index) => `${key}${index}`));

function sideOf(reader: KeySide, more: Partial<SideOfKeys> = {}): SideOfKeys {
  return { reader, trustsAbsence: true, wantsChecksum: () => false, hides: () => false, ...more };
}

interface Walked {
  readonly ends: readonly WalkEnd[];
  readonly visits: readonly (readonly [key: string, counterpart: boolean])[];
  readonly onlyOther: readonly string[];
}

interface Asked extends Partial<KeyWalk> {
  readonly keys: readonly string[];
  readonly ranges?: readonly ContinuationToken[];
  readonly visitsOther?: boolean;
}

async function walk(walked: SideOfKeys, other: SideOfKeys, { keys, ranges = [{}], visitsOther, ...more }: Asked) {
  const [visits, onlyOther]: [[string, boolean][], string[]] = [[], []];
  const visitor: Visitor = {
    visit: ({ key }, counterpart) => void visits.push([key, counterpart !== undefined]),
    ...(visitsOther && { visitOther: ({ key }) => void onlyOther.push(key) }),
  };
  const options: KeyWalk = {
    walked,
    other,
    walkers: 4,
    createVisitor: () => visitor,
    shouldStop: () => false,
    ...more,
  };
  const ends = await walkKeys(keys, ranges, options);
  return { ends, visits, onlyOther } satisfies Walked;
}

it('asks for lone keys by one HEAD on each side, and lists nothing', async () => {
  const keys = lone(HEADS_PER_PAGE);
  const [source, destination] = [new KeySide([...keys, ...crowd(keys)], 3), new KeySide([], 3)];

  const { visits } = await walk(sideOf(source), sideOf(destination), { keys });

  expect(visits).toEqual(keys.map((key) => [key, false]));
  expect([source, destination].map(({ heads, lists }) => [heads, lists])).toEqual([
    [keys, 0],
    [keys, 0],
  ]);
});

it('asks the other side only for keys that the walked side has', async () => {
  const [source, destination] = [new KeySide(['b'], PAGE), new KeySide(['a', 'b', 'c'], PAGE)];
  const { visits } = await walk(sideOf(source), sideOf(destination), { keys: ['a', 'b', 'c'] });
  expect({ visits, asked: destination.heads }).toEqual({ visits: [['b', true]], asked: ['b'] });
});

it('lists neighbours: ten thousand keys cost few more requests than their pages', async () => {
  const keys = lone(10_000);
  const side = new KeySide(keys, PAGE);

  const { visits } = await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys });

  expect(visits).toHaveLength(keys.length);
  expect(side.lists).toBeLessThanOrEqual(13);
  expect(side.heads.length).toBeLessThanOrEqual(15 * HEADS_PER_PAGE);
});

it('tries pages ever more seldom if they show few wanted keys', async () => {
  const keys = lone(5000);
  const side = new KeySide([...keys, ...crowd(keys)], 5);

  const { visits } = await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys });

  expect(visits).toHaveLength(keys.length);
  expect(side.heads.length + side.lists).toBeLessThanOrEqual(keys.length);
  expect(side.lists).toBeLessThanOrEqual(9);
});

it.each<[HeadAnswer]>([['denied'], ['refused'], ['without size']])(
  'lets a listing decide if the answer to a HEAD is: %s',
  async (answer) => {
    const answers = new Map([
      ['a', answer],
      ['b', answer],
    ]);
    const side = new KeySide(['a'], PAGE, answers);
    const { visits } = await walk(sideOf(side), sideOf(new KeySide(['a', 'b'], PAGE, answers)), { keys: ['a', 'b'] });
    expect({ visits, lists: side.lists }).toEqual({ visits: [['a', true]], lists: 1 });
  },
);

it('sends no more HEADs to a side that denies them', async () => {
  const keys = lone(600);
  const side = new KeySide(keys, PAGE, new Map(keys.map((key) => [key, 'denied'])));
  const { visits } = await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys });
  expect(visits).toHaveLength(600);
  expect(side.heads).toHaveLength(HEADS_PER_PAGE);
});

it('takes no key for absent by a 404 that is not trusted: a listing has to show it', async () => {
  const side = new KeySide(['b'], PAGE);
  const { visits } = await walk(sideOf(side, { trustsAbsence: false }), sideOf(new KeySide([], PAGE)), {
    keys: ['a', 'b'],
  });
  expect({ visits, lists: side.lists }).toEqual({ visits: [['b', false]], lists: 1 });
});

it('passes many delete markers by a listing of the key alone', async () => {
  const markers = Array.from({ length: 50 }, (_, index) => `n${index}`);
  const side = new KeySide(['z'], 5, new Map([['m', 'denied']]), ['m', ...markers]);
  await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys: ['m'] });
  expect(side.requests).toMatchObject([{}, { keyPrefix: 'm' }]);
});

it('never asks a side for keys that it hides', async () => {
  const side = new KeySide(['', 'a'], PAGE);
  const { visits } = await walk(sideOf(side, { hides: (key) => key === '' }), sideOf(new KeySide([], PAGE)), {
    keys: ['', 'a'],
  });
  expect({ visits, heads: side.heads }).toEqual({ visits: [['a', false]], heads: ['a'] });
});

it('leaves only the key undone that cannot be looked up, and goes on with the others', async () => {
  const side = new KeySide(['a', 'b', 'c'], PAGE, new Map([['b', 'refused']]));
  side.broken.add('b');
  const { visits, ends } = await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys: ['a', 'b', 'c'] });
  expect(visits.map(([key]) => key)).toEqual(['a', 'c']);
  expect(ends).toMatchObject([
    { begun: false, remainder: { after: 'a', until: 'b' }, error: { name: 'ListingError' } },
    { begun: true },
  ]);
});

it('brings back no more remainders than it may, whatever fails', async () => {
  const keys = lone(40);
  const side = new KeySide(keys, 1, new Map(keys.map((key) => [key, 'refused'])));
  for (const key of keys) side.broken.add(key);
  for (const walkers of [1, 2, 8]) {
    const { ends } = await walk(sideOf(side), sideOf(new KeySide([], PAGE)), { keys, walkers });
    expect(ends.filter(({ remainder }) => remainder).length).toBeLessThanOrEqual(walkers);
  }
});

it('cuts the rest at wanted keys, so that other Tasks can walk parts of it', async () => {
  const keys = lone(5000);
  const side = new KeySide(keys, PAGE);
  const { ends, visits } = await walk(sideOf(side), sideOf(side), {
    keys,
    walkers: 4,
    shouldStop: () => true,
    ranges: [{ until: '9' }],
  });
  const remainders = ends.map(({ remainder }) => remainder);
  expect(visits).toHaveLength(1);
  expect(remainders).toEqual([
    { after: keys[0], until: keys[1250] },
    { after: keys[1250], until: keys[2500] },
    { after: keys[2500], until: keys[3750] },
    { after: keys[3750], until: '9' },
  ]);
});

it('hands back the rest, between two batches of keys, if other Tasks are idle', async () => {
  const keys = lone(2000);
  const { visits, ends } = await walk(sideOf(new KeySide(keys, PAGE)), sideOf(new KeySide([], PAGE)), {
    keys,
    shouldHandBack: () => true,
  });
  expect(visits.length).toBeGreaterThan(0);
  expect(ends[0]?.remainder).toMatchObject({ after: visits.at(-1)?.[0] });
});

it('lets the visitor act before it looks for more keys', async () => {
  const keys = lone(1000);
  const events: string[] = [];
  const side = new KeySide([...keys, ...crowd(keys)], 5);
  const createVisitor = () => ({
    visit: () => void events.push('visit'),
    flush: async () => void events.push('flush'),
  });
  const count = () => side.heads.length;
  let seen = 0;
  await walk(sideOf(side), sideOf(new KeySide([], PAGE)), {
    keys,
    createVisitor,
    shouldStop: () => {
      if (count() > seen) events.push('looked');
      seen = count();
      return false;
    },
  });
  const looks = events.flatMap((event, index) => (event === 'looked' ? [index] : []));
  expect(looks.length).toBeGreaterThan(3);
  for (const [index, at] of looks.entries()) expect(events.slice(looks[index - 1] ?? 0, at)).toContain('flush');
});

const name = fc.stringMatching(/^[a-e]{1,3}$/);
const names = fc.uniqueArray(name, { maxLength: 30 });
const scenario = fc.record({
  walked: names,
  other: names,
  wanted: names,
  markers: names,
  answers: fc.array(fc.tuple(name, fc.constantFrom<HeadAnswer>('denied', 'refused', 'without size')), { maxLength: 8 }),
  pages: fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
  trusts: fc.boolean(),
  visitsOther: fc.boolean(),
  cut: fc.option(name, { nil: undefined }),
  stops: fc.infiniteStream(fc.boolean()),
});

it('visits exactly the wanted keys, each once and with its counterpart, however HEADs, pages and rounds go', async () => {
  await fc.assert(
    fc.asyncProperty(
      scenario,
      async ({ walked, other, wanted, markers, answers, pages, trusts, visitsOther, cut, stops }) => {
        const sides = [walked, other].map((keys, index) =>
          sideOf(new KeySide(keys, pages[index] ?? 1, new Map(answers), markers), { trustsAbsence: trusts }),
        ) as [SideOfKeys, SideOfKeys];
        const keys = [...wanted].sort();
        const ranges: ContinuationToken[] = cut === undefined ? [{}] : [{ until: cut }, { after: cut }];
        const [visits, onlyOther]: [(readonly [string, boolean])[], string[]] = [[], []];
        for (let range = ranges.pop(); range; range = ranges.pop()) {
          const round = await walk(...sides, {
            keys,
            ranges: [range],
            visitsOther,
            shouldStop: () => stops.next().value === true,
          });
          visits.push(...round.visits);
          onlyOther.push(...round.onlyOther);
          ranges.push(...round.ends.flatMap(({ remainder }) => remainder ?? []));
        }
        const [here, there] = [new Set(walked), new Set(other)];
        expect(visits.sort()).toEqual(keys.filter((key) => here.has(key)).map((key) => [key, there.has(key)]));
        expect(onlyOther.sort()).toEqual(visitsOther ? keys.filter((key) => there.has(key) && !here.has(key)) : []);
      },
    ),
    randomCases({ quick: 150, full: 2000 }),
  );
});
