import { areWithin, type DatesPart, deepestFor, type Layer, stack } from '../../../lambdas/engine/grace/layers';

const part = (name: string, first: string, last: string): DatesPart => ({ name, first, last, sha256: '' });
const layer = (generation: string, parts: DatesPart[], looked: Layer['looked']): Layer => ({
  generation,
  parts,
  looked,
});

it('drops the parts of which newer runs have looked at every key, and only those', () => {
  const layers = [
    layer('1', [part('old-a', 'a', 'c'), part('old-m', 'm', 'p')], [{}]),
    layer('2', [part('new-a', 'b', 'b')], [{ until: 'n' }]),
  ];

  const stacked = stack(layers);

  expect(stacked.map(({ generation, parts }) => [generation, parts.map(({ name }) => name)])).toEqual([
    ['2', ['new-a']],
    ['1', ['old-m']],
  ]);
  expect(stacked[1]?.looked).toEqual([{ after: 'n' }]);
});

it('keeps the parts of a run beside what the same run has looked at, and puts its lists together', () => {
  const tasks = [
    layer('1', [part('one', 'a', 'b')], [{ until: 'f' }]),
    layer('1', [part('two', 'g', 'h'), part('one', 'a', 'b')], [{ after: 'f' }]),
  ];

  expect(stack(tasks)).toEqual([layer('1', [part('one', 'a', 'b'), part('two', 'g', 'h')], [{}])]);
});

it('takes a part for written if any list says so', () => {
  const pending = { ...part('one', 'a', 'b'), pending: true as const };

  expect(stack([layer('1', [part('one', 'a', 'b')], []), layer('1', [pending], [])])[0]?.parts).toEqual([
    part('one', 'a', 'b'),
  ]);
});

it('leaves out a run whose dates no longer hold', () => {
  expect(stack([layer('1', [], [{ until: 'm' }]), layer('2', [], [{}])])).toEqual([layer('2', [], [{}])]);
});

it('goes for a key down to the newest run that has looked at it', () => {
  const stacked = stack([
    layer('1', [part('a', 'a', 'z')], [{}]),
    layer('2', [part('b', 'a', 'z')], [{ until: 'm' }]),
    layer('3', [part('c', 'a', 'z')], []),
  ]);

  expect(['b', 'm', 'n'].map((key) => stacked[deepestFor(key, stacked)]?.generation)).toEqual(['2', '2', '1']);
});

it('knows whether lists are only about one folder', () => {
  const folder = { after: 'b/', until: 'b/~' };

  expect(areWithin(folder, [layer('1', [part('x', 'b/1', 'b/2')], [{ after: 'b/', until: 'b/m' }])])).toBe(true);
  expect(areWithin(folder, [layer('1', [part('x', 'a', 'b/2')], [])])).toBe(false);
  expect(areWithin(folder, [layer('1', [], [{}])])).toBe(false);
});
