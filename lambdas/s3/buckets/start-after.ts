/** S3's limit for keys, and so perhaps for StartAfter. */
const LONGEST_KEY_BYTES = 1024;

/** By index: the last character whose UTF-8 encoding has at most this many bytes. */
const LAST_CHARACTERS = ['', '\u007f', '\u07ff', '\uffff'];

/**
 * A StartAfter for a place between keys. If the place is longer than a key may be, it is the last shorter text that comes
 * before it. No key lies between the two.
 */
export function startAfterOf(place: string): string {
  const bytes = Buffer.from(place);
  if (bytes.length <= LONGEST_KEY_BYTES) return place;
  let end = LONGEST_KEY_BYTES;
  while (isWithinCharacter(bytes[end])) end -= 1;
  // the character that does not fit has too many bytes, so it comes after all characters that would fit
  return bytes.toString('utf8', 0, end) + LAST_CHARACTERS[LONGEST_KEY_BYTES - end];
}

/** In UTF-8, the first byte of a character differs from its other bytes. */
function isWithinCharacter(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
