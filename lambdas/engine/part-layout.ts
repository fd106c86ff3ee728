import type { ListedObject, ObjectSource, PartHead } from './object-store';

const MIB = 1024 * 1024;
const MAX_PARTS = 10_000;
/** What one CopyObject takes. */
export const MAX_COPY_BYTES = 5 * 1024 * MIB;
/** Of an object whose own parts are not known; larger where 10,000 of them would not do. */
const DEFAULT_PART_BYTES = 256 * MIB;

type Version = Pick<ListedObject, 'key' | 'sizeBytes'>;
type Send = <T>(request: () => Promise<T>) => Promise<T>;

/** An object that may have to be copied in parts: one that was uploaded in parts (`…-12`), or too large for CopyObject. */
export function mayNeedParts({ eTag, sizeBytes }: Pick<ListedObject, 'eTag' | 'sizeBytes'>): boolean {
  return eTag.includes('-') || sizeBytes > MAX_COPY_BYTES;
}

/**
 * The sizes in bytes of the parts in which to copy an object: its own, so that the ETag stays equal.
 *
 * @param first  the source's first part
 * @returns undefined where one CopyObject does as well: it has no parts of its own, or S3 does not tell them
 */
export async function partLayout(
  version: Version,
  first: PartHead,
  source: ObjectSource,
  send: Send,
): Promise<number[] | undefined> {
  const own = first.partsCount === undefined ? undefined : await ownLayout(version, first, source, send);
  const { sizeBytes } = version;
  return own ?? (sizeBytes > MAX_COPY_BYTES ? evenLayout(sizeBytes) : undefined);
}

/** Asks for each part but the last, since parts need not be equal; undefined where the sizes do not add up. */
async function ownLayout(
  { key, sizeBytes }: Version,
  first: PartHead,
  source: ObjectSource,
  send: Send,
): Promise<number[] | undefined> {
  const count = first.partsCount ?? 1;
  if (count === 1) return [sizeBytes];
  const middle = Array.from({ length: count - 2 }, (_, index) => send(() => source.headPart(key, index + 2)));
  const sizes = [first.sizeBytes, ...(await Promise.all(middle)).map((part) => part.sizeBytes)];
  const last = sizeBytes - sizes.reduce((sum, size) => sum + size, 0);
  return last > 0 ? [...sizes, last] : undefined;
}

function evenLayout(sizeBytes: number): number[] {
  const partBytes = Math.max(DEFAULT_PART_BYTES, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB);
  const count = Math.ceil(sizeBytes / partBytes);
  return Array.from({ length: count }, (_, index) => Math.min(partBytes, sizeBytes - index * partBytes));
}
