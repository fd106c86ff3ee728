import type { ListedObject } from '../ports/bucket-reader';

/** JSON bytes of a `ContentPlace`: so small that the state has room for one of each range. */
const PLACE_BYTES = 40;

/** Consoles name it `folder/`, Hadoop and what is built on it `folder_$folder$`. */
const MARKER = /(\/|_\$folder\$)$/;

/**
 * Whether an object is content. A folder marker is none: consoles and Hadoop put an empty object for a folder, and
 * leave it behind when the folder's objects are deleted. The object that is named like the mirrored folder itself, of
 * whatever size, is none either.
 */
export function isContent({ key, sizeBytes }: Pick<ListedObject, 'key' | 'sizeBytes'>): boolean {
  return key !== '' && !(sizeBytes === 0 && MARKER.test(key));
}

/** The beginning of a key: a listing that starts there comes to the key soon. */
export function placeOf(key: string): string {
  let place = '';
  for (const character of key) {
    if (Buffer.byteLength(JSON.stringify(place + character)) > PLACE_BYTES) break;
    place += character;
  }
  return place;
}
