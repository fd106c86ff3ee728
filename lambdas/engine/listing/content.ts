import type { ListedObject } from '../ports/bucket-reader';

/** JSON bytes of a place. It is small, because the state needs room for a place of each range. */
const PLACE_BYTES = 40;

/** Consoles name a folder marker `folder/`. Hadoop and tools built on it name it `folder_$folder$`. */
const MARKER = /(\/|_\$folder\$)$/;

/**
 * Whether an object is content. A folder marker is not: consoles and Hadoop put an empty object for a folder, and leave it
 * behind when they delete the folder's objects. An object that has the name of the mirrored folder itself is not content
 * either, whatever its size.
 */
export function isContent({ key, sizeBytes }: Pick<ListedObject, 'key' | 'sizeBytes'>): boolean {
  return key !== '' && !(sizeBytes === 0 && MARKER.test(key));
}

/** The beginning of a key. A listing that starts there soon comes to the key. */
export function placeOf(key: string): string {
  let place = '';
  for (const character of key) {
    if (Buffer.byteLength(JSON.stringify(place + character)) > PLACE_BYTES) break;
    place += character;
  }
  return place;
}
