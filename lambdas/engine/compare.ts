import type { SyncInput } from '../../statemachine/contract';
import type { ListedObject, ObjectHead } from './object-store';
import { sameAttributes, sameChecksums } from './same-attributes';

/** What the list pages say about a pair; `inspect` needs HeadObject on both sides, perhaps with their checksums. */
export type Verdict =
  | { readonly action: 'unchanged' }
  | { readonly action: 'copy'; readonly reason: string }
  | Inspection;

export interface Inspection {
  readonly action: 'inspect';
  readonly judge: Judge;
  /** Whether `judge` needs checksums; asking for them takes `kms:Decrypt` where objects are encrypted with a key. */
  readonly checksums: boolean;
}

/** Compares what HeadObject says of both sides; returns the reason to copy, or undefined where there is none. */
export type Judge = (source: ObjectHead, destination: ObjectHead) => string | undefined;

/**
 * A strategy. Each has its truth table, and says what it cannot notice. None but `always` notices a change of tags or
 * of the storage class alone: no list page shows tags, and neither changes a date or an ETag.
 */
export type Compare = (source: ListedObject, destination: ListedObject) => Verdict;

const unchanged: Verdict = { action: 'unchanged' };
const differentSize: Verdict = { action: 'copy', reason: 'size' };
const differentETag: Verdict = { action: 'copy', reason: 'etag' };
const sourceNewer: Verdict = { action: 'copy', reason: 'time' };
const always: Verdict = { action: 'copy', reason: 'always' };
const inspectAttributes: Verdict = { action: 'inspect', judge: judgeAttributes, checksums: false };
const inspectContent: Verdict = { action: 'inspect', judge: judgeContent, checksums: false };
const inspectAll: Verdict = { action: 'inspect', judge: judgeAll, checksums: false };
const inspectChecksums: Verdict = { action: 'inspect', judge: judgeChecksums, checksums: true };

/**
 * Content by ETag where ETags can be compared, by time where they cannot; attributes where an equal ETag is not older
 * at the source. A finished mirror stays finished, whatever its encryption or part layout.
 *
 * | size | ETags | destination newer | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | yes | unchanged |
 * | same | equal | no | HEAD both; copy if attributes differ |
 * | same | differ | no | copy |
 * | same | differ, of as many parts or of none | yes | HEAD both; unchanged if one is encrypted with a key, else copy |
 * | same | differ, of another number of parts | yes | unchanged |
 *
 * "Newer" is by S3's whole seconds, strictly. The destination is newer than a source that changed where somebody else wrote to
 * it, or where the source was uploaded in parts: S3 dates that by the beginning of the upload, and the copy may have been
 * made of the version before until it ended. Then it cannot notice a change of content under the ETag of another number of
 * parts or of a KMS key, nor one of headers and metadata.
 */
export function compareAuto(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const destinationNewer = isNewer(destination, source);
  if (source.eTag === destination.eTag) return destinationNewer ? unchanged : inspectAttributes;
  if (!destinationNewer) return differentETag;
  return sameKindOfETag(source, destination) ? inspectContent : unchanged;
}

/**
 * | size | then |
 * | --- | --- |
 * | differs | copy |
 * | same | unchanged |
 *
 * It cannot notice a change that keeps the size.
 */
export function compareSize(source: ListedObject, destination: ListedObject): Verdict {
  return source.sizeBytes === destination.sizeBytes ? unchanged : differentSize;
}

/**
 * Notices every change of content, on either side, and copies in every run what cannot have an equal ETag: where one
 * side is encrypted with a key, or where the source has parts that S3 does not tell.
 *
 * | size | ETags | then |
 * | --- | --- | --- |
 * | differs | any | copy |
 * | same | differ | copy |
 * | same | equal | unchanged |
 *
 * It cannot notice a change of headers and metadata.
 */
export function compareETag(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return source.eTag === destination.eTag ? unchanged : differentETag;
}

/**
 * The rule of `aws s3 sync`. Notices whatever was put at the source in a later second than its copy.
 *
 * | size | source newer | then |
 * | --- | --- | --- |
 * | differs | any | copy |
 * | same | yes | copy |
 * | same | no | unchanged |
 *
 * It cannot notice what keeps the size and was put at the source in the second of the copy, or at the destination.
 */
export function compareSizeAndTime(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return isNewer(source, destination) ? sourceNewer : unchanged;
}

/**
 * Asks both sides for every pair of equal size: two HEAD requests each, in every run.
 *
 * | size | ETags | headers and user metadata | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | equal | unchanged |
 * | same | equal | differ | copy |
 * | same | differ, and can be compared | any | copy |
 * | same | differ, of another number of parts or encrypted with a key | differ | copy |
 * | same | differ, of another number of parts or encrypted with a key | equal | unchanged if the destination is newer, else copy |
 *
 * Notices a changed header also where the destination is newer, and user metadata that S3 does not show
 * (`x-amz-missing-meta`) where its number of entries changed. It cannot notice a change of content under the ETag of
 * another number of parts or of a KMS key that is older than the destination's object.
 */
export function compareMetadata(source: ListedObject, destination: ListedObject): Verdict {
  return source.sizeBytes === destination.sizeBytes ? inspectAll : differentSize;
}

/**
 * As `metadata`, but content is compared by full-object checksums, which no part layout and no encryption changes.
 *
 * | size | checksums of an algorithm that both have | headers and user metadata | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | differ | any | copy |
 * | same | equal | differ | copy |
 * | same | equal | equal | unchanged |
 * | same | there is none | any | as `metadata` |
 *
 * So it notices every change of content, headers and metadata, on either side, where S3 keeps such a checksum.
 */
export function compareChecksum(source: ListedObject, destination: ListedObject): Verdict {
  return source.sizeBytes === destination.sizeBytes ? inspectChecksums : differentSize;
}

/**
 * Brings everything over, in every run.
 *
 * | size | then |
 * | --- | --- |
 * | any | copy |
 */
export function compareAlways(): Verdict {
  return always;
}

const strategies: Record<SyncInput['compare'], Compare> = {
  auto: compareAuto,
  size: compareSize,
  etag: compareETag,
  'size-and-time': compareSizeAndTime,
  metadata: compareMetadata,
  checksum: compareChecksum,
  always: compareAlways,
};

/** Whether a strategy may ask both sides by HeadObject. */
export function needsHeads(strategy: SyncInput['compare']): boolean {
  return strategy === 'auto' || strategy === 'metadata' || strategy === 'checksum';
}

export function compareBy(strategy: SyncInput['compare']): Compare {
  return strategies[strategy];
}

function isNewer(a: Pick<ListedObject, 'lastModified'>, b: Pick<ListedObject, 'lastModified'>): boolean {
  return Math.floor(a.lastModified / 1000) > Math.floor(b.lastModified / 1000);
}

/**
 * Whether two ETags are equal where the content is, but for encryption: the ETag of a multipart object is of its parts, and ends
 * in their number, `…-12`. As many parts of as many bytes are most likely the same parts; if not, a copy makes them so.
 */
function sameKindOfETag({ eTag: one }: ETagged, { eTag: other }: ETagged): boolean {
  return one.split('-')[1] === other.split('-')[1];
}

type ETagged = Pick<ListedObject, 'eTag'>;

function judgeAttributes(source: ObjectHead, destination: ObjectHead): string | undefined {
  if (source.eTag !== destination.eTag) return 'etag';
  return sameAttributes(source.attributes, destination.attributes) ? undefined : 'metadata';
}

function judgeContent(source: ObjectHead, destination: ObjectHead): string | undefined {
  return source.opaqueETag || destination.opaqueETag ? undefined : 'etag';
}

function judgeAll(source: ObjectHead, destination: ObjectHead): string | undefined {
  if (!sameAttributes(source.attributes, destination.attributes)) return 'metadata';
  if (source.eTag === destination.eTag) return undefined;
  const comparable = sameKindOfETag(source, destination) && !source.opaqueETag && !destination.opaqueETag;
  return comparable || !isNewer(destination, source) ? 'etag' : undefined;
}

function judgeChecksums(source: ObjectHead, destination: ObjectHead): string | undefined {
  const same = sameChecksums(source, destination);
  if (same === undefined) return judgeAll(source, destination);
  if (!same) return 'checksum';
  return sameAttributes(source.attributes, destination.attributes) ? undefined : 'metadata';
}
