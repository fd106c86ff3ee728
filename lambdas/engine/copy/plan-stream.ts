import type { ChecksumKind } from '../ports/bucket-reader';
import type { KnownLacks } from '../ports/known-lacks';
import type { MultipartLimits } from '../ports/object-uploads';
import type { Job } from './copy-job';
import { guessLayout, LEAST_PART_BYTES } from './guess-layout';
import type { PartLayout } from './part-layout';
import { cutInto, fewestLayout } from './part-layout';

interface StreamPlan {
  readonly isFewest: boolean;
  readonly lacks: KnownLacks | undefined;
  readonly limits: MultipartLimits;
  /** The object's own parts are too large for the time of an invocation, so it is cut into parts of this size. */
  readonly partBytes?: number | undefined;
}

/**
 * The parts in which an object goes through this machine: its own, if the server tells them or they can be guessed, and the
 * checksums that the copy can have.
 *
 * @param layout  the parts of the object, as far as they are known
 * @returns undefined if the object has no parts and requires none
 */
export function planStream(
  job: Omit<Job, 'layout'>,
  layout: PartLayout | undefined,
  { isFewest, lacks, limits, partBytes }: StreamPlan,
): Job | undefined {
  const { version, first } = job;
  const isOwn = layout !== undefined && !isFewest && first.partsCount !== undefined;
  const likely = isOwn || isFewest ? layout : (guessLayout(version) ?? layout);
  const fits = likely && takes(likely, limits);
  const isNeeded = version.sizeBytes > limits.maxCopyBytes;
  const cut = partBytes === undefined ? undefined : cutInto(version.sizeBytes, partBytes);
  const chosen = cut ?? (fits ? likely : isNeeded ? fewestLayout(version.sizeBytes, limits) : undefined);
  if (!chosen) return undefined;
  const hasOwnParts = isOwn && chosen === layout;
  return {
    ...job,
    version: { ...version, checksum: lacks?.has('uploadChecksums') ? undefined : checksumOf(job, hasOwnParts) },
    layout: chosen,
    partBytes,
    provesETag: hasOwnParts && !job.head.opaqueETag,
  };
}

/** Other servers may have accepted parts that S3 rejects. */
function takes({ sizes }: PartLayout, { maxCopyBytes }: MultipartLimits): boolean {
  return sizes.every((size, index) => size <= maxCopyBytes && (size >= LEAST_PART_BYTES || index === sizes.length - 1));
}

/**
 * A composite checksum requires the source's own parts and their checksums. A full-object checksum comes from the source.
 */
function checksumOf({ version: { checksum }, head, first }: Omit<Job, 'layout'>, hasOwnParts: boolean) {
  if (checksum?.type === 'COMPOSITE') {
    const isTold = first.checksums?.[checksum.algorithm] !== undefined;
    return hasOwnParts && isTold ? checksum : undefined;
  }
  const algorithm = checksum?.algorithm ?? Object.keys(head.checksums)[0];
  if (algorithm === undefined || head.checksums[algorithm] === undefined) return undefined;
  // For an object in parts, S3 computes full-object checksums only with these algorithms.
  return algorithm.startsWith('CRC') ? ({ algorithm, type: 'FULL_OBJECT' } satisfies ChecksumKind) : undefined;
}
