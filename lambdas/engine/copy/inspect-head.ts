import type { Inspection } from '../compare/compare';
import type { BucketReader, ListedObject, ObjectHead } from '../ports/bucket-reader';
import { StoreError } from '../ports/store-error';

/** What a side says of an object that list pages do not show. A server may show the ETag only in list pages. */
export async function inspectHead(
  side: BucketReader,
  { key, eTag }: ListedObject,
  inspection: Inspection,
): Promise<ObjectHead> {
  const head = await askHead(side, key, inspection);
  return head.eTag === '' ? { ...head, eTag } : head;
}

/** Without `kms:Decrypt` a HEAD still returns the headers, but no checksum. */
async function askHead(side: BucketReader, key: string, { checksums }: Inspection): Promise<ObjectHead> {
  try {
    return await side.headObject(key, { checksums: checksums !== false });
  } catch (error) {
    const isDenied = error instanceof StoreError && error.reason === 'access-denied';
    if (!isDenied || checksums !== 'if-allowed') throw error;
    return side.headObject(key);
  }
}
