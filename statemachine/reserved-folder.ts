/**
 * The folder at the root of every bucket that bucketsync reserves for itself, for example for the lock of a destination.
 * A mirror ignores it on both sides.
 */
export const RESERVED_FOLDER = '.bucketsync/';

/** The lock of a destination. */
export const LOCK_KEY = `${RESERVED_FOLDER}lock.json`;

/**
 * Whether an object is in the reserved folder, or its copy would be. This is only possible if the mirror's folder is the root
 * of a bucket, because the folders of a mirror are never reserved.
 *
 * @param key  relative
 */
export function isReserved(
  key: string,
  mirror: { readonly prefix: string; readonly destinationPrefix: string },
): boolean {
  return key.startsWith(RESERVED_FOLDER) && (mirror.prefix === '' || mirror.destinationPrefix === '');
}
