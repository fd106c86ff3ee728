import { createHash } from 'node:crypto';
import type { UploadedPart } from '../ports/object-uploads';
import type { PartLayout } from './part-layout';

/**
 * The ETag that S3 makes of parts: the MD5 of their MD5s, and their number. Under KMS the ETag of a part is no MD5, so the
 * result matches nothing.
 */
export function multipartETag(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5');
  for (const { eTag } of [...parts].sort((a, b) => a.part - b.part)) hash.update(eTag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

/** Whether each part has the size that the layout says. */
export function fits(parts: readonly UploadedPart[], { sizes }: PartLayout): boolean {
  return parts.every(({ part, sizeBytes }) => sizes[part - 1] === sizeBytes);
}

/** The number of parts before the first missing one. */
export function partsBeforeGap(parts: readonly UploadedPart[]): number {
  const numbers = new Set(parts.map(({ part }) => part));
  let count = 0;
  while (numbers.has(count + 1)) count += 1;
  return count;
}
