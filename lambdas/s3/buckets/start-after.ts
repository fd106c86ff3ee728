/** S3 takes no longer key, and so perhaps no longer StartAfter. */
const LONGEST_KEY_BYTES = 1024;

/** The last character of those that UTF-8 writes in no more bytes than the index says. */
const LAST_CHARACTERS = ['', '\u007f', '\u07ff', '\uffff'];

/**
 * A StartAfter for a place between keys, which may be longer than they: then the last text that is not, and comes before
 * it. No key lies between the two.
 */
export function startAfterOf(place: string): string {
  const bytes = Buffer.from(place);
  if (bytes.length <= LONGEST_KEY_BYTES) return place;
  let end = LONGEST_KEY_BYTES;
  while (isWithinCharacter(bytes[end])) end -= 1;
  // The character that does not fit takes more bytes than there is room for, so it follows all that would fit.
  return bytes.toString('utf8', 0, end) + LAST_CHARACTERS[LONGEST_KEY_BYTES - end];
}

/** UTF-8 begins each character by another byte than the rest of it. */
function isWithinCharacter(byte = 0): boolean {
  return (byte & 0xc0) === 0x80;
}
