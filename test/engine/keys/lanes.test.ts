import { Lanes, type Part } from '../../../lambdas/engine/keys/lanes';
import type { KeyRange } from '../../../statemachine/contract';

function collecting(most: number, ranges: readonly KeyRange[] = [{}]) {
  const parts: Part<string>[] = [];
  const lanes = new Lanes<string>(most, async (part) => void parts.push(part), ranges);
  return { parts, lanes };
}

/** Adds each key as a thing of the same name. */
function fill(lanes: Lanes<string>, keys: readonly string[], size: number): void {
  const lane = lanes.open();
  for (const key of keys) void lane.add(key, key, size);
}

it('writes a part once a walk has filled it, and keeps the rest', () => {
  const { parts, lanes } = collecting(8);
  fill(lanes, ['b', 'c', 'a', 'd', 'e'], 1 / 2);

  expect(parts).toEqual([
    { things: ['b', 'c'], first: 'b', last: 'c' },
    { things: ['a', 'd'], first: 'a', last: 'd' },
  ]);
});

it('puts what neighbouring walks have found into one part, until it is a quarter full', async () => {
  const { parts, lanes } = collecting(8);
  fill(lanes, ['y', 'x'], 1 / 16);
  fill(lanes, ['c'], 1 / 8);
  fill(lanes, ['b', 'a'], 1 / 16);
  lanes.open();

  await lanes.flush();

  expect(parts).toEqual([
    { things: ['b', 'a', 'c'], first: 'a', last: 'c' },
    { things: ['y', 'x'], first: 'x', last: 'y' },
  ]);
  await lanes.flush();
  expect(parts).toHaveLength(2);
});

it('puts keys of different ranges into different parts, so that no part spans the keys between the ranges', async () => {
  const { parts, lanes } = collecting(8, [{ after: 'w' }, { until: 'c' }]);
  for (const key of ['c', 'x', 'a', 'y']) fill(lanes, [key], 1 / 8);

  await lanes.flush();

  expect(parts).toMatchObject([
    { first: 'a', last: 'c' },
    { first: 'x', last: 'y' },
  ]);
});

it('writes what the walk with most has found if too much is at hand, so that no part spans what others find later', async () => {
  const { parts, lanes } = collecting(1);
  fill(lanes, ['m'], 1 / 8);
  fill(lanes, ['a', 'b', 'c', 'd'], 1 / 8);
  fill(lanes, ['x', 'y', 'z'], 1 / 8);

  expect(parts).toEqual([{ things: ['a', 'b', 'c', 'd'], first: 'a', last: 'd' }]);
  await lanes.flush();
  expect(parts.slice(1)).toEqual([{ things: ['m', 'x', 'y', 'z'], first: 'm', last: 'z' }]);
});

it('writes everything if too much is at hand, and no walk has a quarter of a part', async () => {
  const { parts, lanes } = collecting(1 / 2);
  for (const key of ['a', 'b', 'c', 'd', 'e']) fill(lanes, [key], 1 / 8);

  expect(parts.map(({ things }) => things)).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  await lanes.flush();
  expect(parts.at(-1)?.things).toEqual(['e']);
});

it('orders keys as S3 does', async () => {
  const { parts, lanes } = collecting(8);
  fill(lanes, ['\u{1f600}', '\uff5e'], 1 / 4);

  await lanes.flush();

  expect(parts).toMatchObject([{ first: '\uff5e', last: '\u{1f600}' }]);
});
