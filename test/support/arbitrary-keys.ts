import fc from 'fast-check';

const MAX_BYTES = 1024;

/** Characters that have broken somebody's listing, encoding or order before. */
const awkward = fc.constantFrom(
  ...['/', '//', ' ', '+', '%', '%2F', '&', '<', '"', '?', '#', '\\', '.', '..', '\u0001', '\r', '\n', '\u0085'],
  ...['é', 'e\u0301', '中', '\ud7ff', '\ue000', '\ufffd', '\uffff', '\u{10000}', '\u{1f600}', '\u{10ffff}'],
);
const unit = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', '0', '1', '/', '-') },
  { weight: 2, arbitrary: awkward },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
);
const short = fc.array(unit, { minLength: 1, maxLength: 6 }).map((units) => units.join(''));
const sharedPrefix = fc.constantFrom('', 'a/', 'a/b/', '\u{1f600}/', 'x'.repeat(900));
const padding = fc.constantFrom(0, 0, 0, 0, MAX_BYTES);

/** A key of 1 to 1,024 bytes of UTF-8: all of Unicode, prefixes that many share, some as long as S3 allows. */
export const key: fc.Arbitrary<string> = fc
  .tuple(sharedPrefix, short, padding)
  .map(([prefix, name, length]) => pad(`${prefix}${name}`, length))
  .filter((text) => text.isWellFormed() && Buffer.byteLength(text) <= MAX_BYTES);

/** Keys that S3 can hold side by side, in no order. */
export const keys = (maxLength: number): fc.Arbitrary<string[]> => fc.uniqueArray(key, { maxLength });

function pad(text: string, bytes: number): string {
  return text + 'p'.repeat(Math.max(0, bytes - Buffer.byteLength(text)));
}
