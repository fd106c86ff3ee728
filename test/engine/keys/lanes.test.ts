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

it('puts what neighbouring walks have found into one part', async () => {
  const { parts, lanes } = collecting(8);
  fill(lanes, ['y', 'x'], 1 / 4);
  fill(lanes, ['c'], 1 / 2);
  fill(lanes, ['b', 'a'], 1 / 4);
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

it('writes everything if too much is at hand, although no walk has filled a part', async () => {
  const { parts, lanes } = collecting(2);
  for (const key of ['a', 'b', 'c', 'd', 'e']) fill(lanes, [key], 1 / 2);

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
