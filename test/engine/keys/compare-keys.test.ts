import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';

const text = fc.string({ unit: 'binary', maxLength: 12 }).filter((value) => value.isWellFormed());

it('orders any two keys as the bytes of their UTF-8 form', () => {
  fc.assert(
    fc.property(text, text, text, (prefix, a, b) => {
      const [left, right] = [prefix + a, prefix + b];
      expect(Math.sign(compareKeys(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)));
    }),
    { numRuns: 2000 },
  );
});

it('puts what UTF-16 has behind surrogates before them', () => {
  expect(['\u{1f600}', '\uffff', '\ue000', 'z', '\ud7ff'].sort(compareKeys)).toEqual([
    'z',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '\u{1f600}',
  ]);
});
