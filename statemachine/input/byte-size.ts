/** As in GNU's tools, rsync and rclone: a single letter and `iB` mean powers of 1,024, `B` after the letter powers of 1,000. */
const UNIT = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(i?b)?|b)?$/i;

const LETTERS = 'kmgtp';

export const BYTE_SIZE =
  'a number of bytes, or text like "500KB", "5MiB" or "1.5G" (1 KB is 1,000 bytes, 1 KiB and 1 K are 1,024)';

/**
 * | text | bytes |
 * | --- | --- |
 * | `5`, `"5"`, `"5B"` | 5 |
 * | `"5KB"`, `"5kb"` | 5,000 |
 * | `"5K"`, `"5KiB"` | 5,120 |
 * | `"1.5 GiB"` | 1,610,612,736 |
 *
 * @returns undefined if it is not a size
 */
export function parseByteSize(size: number | string): number | undefined {
  const bytes = typeof size === 'number' ? size : bytesOf(size);
  return bytes !== undefined && Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : undefined;
}

function bytesOf(text: string): number | undefined {
  const [, amount, letter = '', suffix = ''] = UNIT.exec(text.trim()) ?? [];
  if (amount === undefined) return undefined;
  const base = suffix.toLowerCase() === 'b' ? 1000 : 1024;
  // "1.1GiB" is not a whole number of bytes
  return Math.round(Number(amount) * base ** (LETTERS.indexOf(letter.toLowerCase() || ' ') + 1));
}
