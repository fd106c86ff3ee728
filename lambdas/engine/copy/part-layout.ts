import type { SyncInput } from '../../../statemachine/contract';
import type { Send } from '../concurrency/send';
import type { BucketReader, ListedObject, PartHead } from '../ports/bucket-reader';
import type { MultipartLimits } from '../ports/object-uploads';

const MIB = 1024 * 1024;
const MAX_PARTS = 10_000;
/** From this number of parts on, one request for all sizes is worth trying, although S3 often does not return them. */
const MANY_PARTS = 100;

type Version = Pick<ListedObject, 'key' | 'eTag' | 'sizeBytes'>;

/**
 * An object that may have to be copied in parts: one that was uploaded in parts (`…-12`) and is to keep them, or a large
 * one.
 */
export function mayNeedParts(
  { eTag, sizeBytes }: Pick<ListedObject, 'eTag' | 'sizeBytes'>,
  { maxCopyBytes }: MultipartLimits,
  wanted: SyncInput['parts'],
): boolean {
  return (eTag.includes('-') && wanted !== 'fewest') || sizeBytes > maxCopyBytes;
}

/** As few parts as S3 allows, all of about the same size, because the largest part takes longest. */
export function fewestLayout(sizeBytes: number, { maxCopyBytes }: MultipartLimits): PartLayout {
  const count = Math.ceil(sizeBytes / maxCopyBytes);
  const partBytes = Math.min(maxCopyBytes, Math.ceil(sizeBytes / count / MIB) * MIB);
  return { sizes: cut(sizeBytes, partBytes), assumed: false };
}

/** As many parts of this size as it takes, or fewer larger ones. */
export function cutInto(sizeBytes: number, partBytes: number): PartLayout {
  return { sizes: evenLayout(sizeBytes, { maxCopyBytes: 0, partBytes }), assumed: false };
}

/** What is known of a version's parts before its layout is asked for. */
export interface KnownParts {
  readonly first: PartHead;
  /** Bytes of parts that are copied already, by number. */
  readonly copied: ReadonlyMap<number, number>;
}

/** How an object is cut into parts. */
export interface PartLayout {
  /** Bytes of each part, in order. */
  readonly sizes: readonly number[];
  /** The layout is only likely. The ETag of the copied parts has to prove it. */
  readonly assumed: boolean;
}

/**
 * The parts in which to copy an object: its own, so that the ETag stays equal.
 *
 * @param provable  whether the ETags of copied parts can prove a layout that is assumed
 * @returns undefined if one CopyObject is enough: the object has no parts, or S3 does not tell them
 */
export async function partLayout(
  version: Version,
  known: KnownParts & { readonly provable: boolean },
  source: BucketReader,
  limits: MultipartLimits,
  send: Send,
): Promise<PartLayout | undefined> {
  const likely = known.provable ? likelyLayout(version, known.first) : undefined;
  if (likely) return { sizes: likely, assumed: true };
  const asked = known.first.partsCount === undefined ? undefined : await askLayout(version, known, source, send);
  const sizes = asked ?? (version.sizeBytes > limits.maxCopyBytes ? evenLayout(version.sizeBytes, limits) : undefined);
  return sizes && { sizes, assumed: false };
}

/**
 * The layout that nearly all programs use: all parts are as large as the first one, and the last part has the rest. With
 * two parts there is nothing to assume.
 */
function likelyLayout(
  { sizeBytes }: Version,
  { partsCount: count = 1, sizeBytes: partBytes }: PartHead,
): number[] | undefined {
  const last = sizeBytes - (count - 1) * partBytes;
  if (count <= 2 || last <= 0 || last > partBytes) return undefined;
  return [...Array<number>(count - 1).fill(partBytes), last];
}

/**
 * The number of parts and the sizes of the first and the last one do not prove the sizes between, because parts need not
 * be equal. So this asks for the size of each part, except for the last one and for parts that are already copied.
 * Undefined if the sizes do not add up.
 */
export async function askLayout(
  version: Version,
  { first, copied }: KnownParts,
  source: BucketReader,
  send: Send,
): Promise<number[] | undefined> {
  const { key, sizeBytes } = version;
  const count = first.partsCount ?? 1;
  if (count === 1) return [sizeBytes];
  if (count - copied.size > MANY_PARTS) {
    // If this request is not allowed or fails, the parts are asked for one by one.
    const listed = await send(() => source.listPartSizes(version)).catch(() => undefined);
    if (listed?.length === count && sum(listed) === sizeBytes) return listed;
  }
  const sizes = await Promise.all(
    Array.from({ length: count - 1 }, async (_, index) => {
      const part = index + 1;
      const size = part === 1 ? first.sizeBytes : copied.get(part);
      return size ?? (await send(() => source.headPart(key, part))).sizeBytes;
    }),
  );
  const last = sizeBytes - sum(sizes);
  return last > 0 ? [...sizes, last] : undefined;
}

function evenLayout(sizeBytes: number, limits: MultipartLimits): number[] {
  return cut(sizeBytes, Math.max(limits.partBytes, Math.ceil(sizeBytes / MAX_PARTS / MIB) * MIB));
}

function cut(sizeBytes: number, partBytes: number): number[] {
  const count = Math.ceil(sizeBytes / partBytes);
  return Array.from({ length: count }, (_, index) => Math.min(partBytes, sizeBytes - index * partBytes));
}

/** The offset of each part in bytes. */
export function startsOf({ sizes }: PartLayout): number[] {
  let offset = 0;
  return sizes.map((size) => {
    offset += size;
    return offset - size;
  });
}

/** The numbers of the parts that are the same bytes in both layouts. */
export function samePlaces(one: PartLayout, other: PartLayout): number[] {
  const [starts, others] = [startsOf(one), startsOf(other)];
  return starts.flatMap((start, index) =>
    start === others[index] && one.sizes[index] === other.sizes[index] ? [index + 1] : [],
  );
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
