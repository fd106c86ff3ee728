import type { ChecksumKind, ListedObject, ObjectHead } from '../ports/bucket-reader';

const ETAG_OF_NOTHING = 'd41d8cd98f00b204e9800998ecf8427e';

/** An answer to HEAD lacks a fact that a list page would show. */
export class EmptyHeadError extends Error {}

/**
 * What a list page would show of an object.
 *
 * @param head  with checksums, if the kind of the object's checksum is wanted
 * @throws EmptyHeadError  a proxy may drop the length, and then the object would seem to be empty
 */
export function asListed(key: string, head: ObjectHead): ListedObject {
  const { sizeBytes, eTag, lastModified, storageClass, archived, restoring } = head;
  const hasSize = sizeBytes > 0 || eTag === ETAG_OF_NOTHING;
  if (!hasSize || eTag === '' || !(lastModified > 0)) throw new EmptyHeadError();
  return { key, sizeBytes, eTag, lastModified, storageClass, archived, restoring, checksum: checksumOf(head) };
}

function checksumOf({ checksums, composites = {} }: ObjectHead): ChecksumKind | undefined {
  const [whole] = Object.keys(checksums);
  const [ofParts] = Object.keys(composites);
  if (whole !== undefined) return { algorithm: whole, type: 'FULL_OBJECT' };
  return ofParts === undefined ? undefined : { algorithm: ofParts, type: 'COMPOSITE' };
}
