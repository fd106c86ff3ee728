import fc from 'fast-check';
import { isWithin } from '../../../lambdas/engine/keys/key-range';
import { covers, subtract, unite } from '../../../lambdas/engine/keys/range-sets';
import type { KeyRange } from '../../../statemachine/contract';

const KEYS = ['', 'a', 'aa', 'b', 'c', 'd', 'é', '\u{ffff}', '\u{10000}'];
const bound = fc.option(fc.constantFrom(...KEYS), { nil: undefined });
const range = fc.record({ after: bound, until: bound }).map(
  ({ after, until }): KeyRange => ({
    ...(after !== undefined && { after }),
    ...(until !== undefined && { until }),
  }),
);
const ranges = fc.array(range, { maxLength: 5 });
const holds = (some: readonly KeyRange[], key: string) => some.some((one) => isWithin(one, key));

it('unites ranges to ones that hold the same keys', () => {
  fc.assert(
    fc.property(ranges, (some) => {
      const united = unite(some);
      for (const key of KEYS) expect(holds(united, key)).toBe(holds(some, key));
      expect(unite([...united].reverse())).toEqual(united);
    }),
  );
});

it('leaves exactly the keys that others do not hold', () => {
  fc.assert(
    fc.property(ranges, ranges, (some, others) => {
      const left = subtract(some, others);
      for (const key of KEYS) expect(holds(left, key)).toBe(holds(some, key) && !holds(others, key));
    }),
  );
});

it('says that ranges cover what lies between two keys only if one of them does', () => {
  fc.assert(
    fc.property(ranges, fc.nat(8), fc.nat(8), (some, one, other) => {
      const [first, last] = [KEYS[Math.min(one, other)] as string, KEYS[Math.max(one, other)] as string];
      const united = unite(some);
      const isCovered = united.some((each) => isWithin(each, first) && isWithin(each, last));
      expect(covers(united, first, last)).toBe(isCovered);
    }),
  );
});

it('joins ranges that touch', () => {
  expect(unite([{ after: 'b', until: 'c' }, { until: 'b' }, { after: 'c' }])).toEqual([{}]);
});
