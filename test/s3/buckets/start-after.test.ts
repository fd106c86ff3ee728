import fc from 'fast-check';
import { compareKeys } from '../../../lambdas/engine/keys/compare-keys';
import { startAfterOf } from '../../../lambdas/s3/buckets/start-after';

const character = fc.constantFrom(
  'a',
  '\u007f',
  'é',
  '\u07ff',
  '\u0800',
  '\ud7ff',
  '\uffff',
  '\u{10000}',
  '\u{10ffff}',
);
/** Texts around the longest that a key can be, that differ in their last characters. */
const text = fc.array(character, { maxLength: 4 }).map((end) => 'k'.repeat(1018) + end.join(''));
const key = text.filter((name) => Buffer.byteLength(name) <= 1024);

it('lists the same keys, and is never too long', () => {
  fc.assert(
    fc.property(text, key, (place, name) => {
      const startAfter = startAfterOf(place);
      expect(Buffer.byteLength(startAfter)).toBeLessThanOrEqual(1024);
      expect(compareKeys(name, startAfter) > 0).toBe(compareKeys(name, place) > 0);
    }),
    { numRuns: 5000 },
  );
});
