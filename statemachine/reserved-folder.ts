/**
 * The folder at the root of every bucket that bucketsync keeps for itself, such as for the lock of a destination. A mirror
 * does not see what is in it, on neither side.
 */
export const RESERVED_FOLDER = '.bucketsync/';

/** The lock of a destination. */
export const LOCK_KEY = `${RESERVED_FOLDER}lock.json`;

/**
 * Whether an object is, or at the other side would be, in the reserved folder. Only a key that is mirrored from or to the
 * root of a bucket can be: the folders of a mirror are not reserved ones.
 *
 * @param key  relative
 */
export function isReserved(
  key: string,
  mirror: { readonly prefix: string; readonly destinationPrefix: string },
): boolean {
  return key.startsWith(RESERVED_FOLDER) && (mirror.prefix === '' || mirror.destinationPrefix === '');
}
