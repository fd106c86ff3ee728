import { createHash } from 'node:crypto';
import type { UploadedPart } from '../ports/object-uploads';
import type { PartLayout } from './part-layout';

/** As S3 makes it: the MD5 of the parts' MD5s, and their number. Under KMS a part's ETag is none, so nothing equals it. */
export function multipartETag(parts: readonly UploadedPart[]): string {
  const hash = createHash('md5');
  for (const { eTag } of [...parts].sort((a, b) => a.part - b.part)) hash.update(eTag, 'hex');
  return `${hash.digest('hex')}-${parts.length}`;
}

/** Whether each part is as large as a layout has it. */
export function fits(parts: readonly UploadedPart[], { sizes }: PartLayout): boolean {
  return parts.every(({ part, sizeBytes }) => sizes[part - 1] === sizeBytes);
}

/** How many parts there are from the first one on until one is missing. */
export function partsBeforeGap(parts: readonly UploadedPart[]): number {
  const numbers = new Set(parts.map(({ part }) => part));
  let count = 0;
  while (numbers.has(count + 1)) count += 1;
  return count;
}
