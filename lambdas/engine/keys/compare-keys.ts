/**
 * Orders keys as S3 lists them: by the bytes of their UTF-8 form.
 *
 * JavaScript's `<` compares UTF-16 units. There, U+E000 to U+FFFF come after the surrogates that stand for everything above
 * U+FFFF. In UTF-8 they come before. So only surrogates and these characters are ordered differently.
 *
 * @returns negative, zero or positive, as for `Array.sort`
 */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  // The orders can differ only if both keys have such a unit. Most keys have none, and `<` takes a third of the time.
  if (!FROM_SURROGATES.test(a)) return a < b ? -1 : 1;
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return utf8Rank(left) - utf8Rank(right);
  }
  return a.length - b.length;
}

const FROM_SURROGATES = /[\ud800-\uffff]/;
const FIRST_SURROGATE = 0xd800;
const FIRST_AFTER_SURROGATES = 0xe000;

/** Moves surrogates behind all other units. The order of all other units stays. */
function utf8Rank(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit < FIRST_AFTER_SURROGATES ? unit + 0x2000 : unit - 0x800;
}
