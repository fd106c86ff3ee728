import type { ProvedBy, SyncInput } from '../../../statemachine/contract';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import { sameAttributes, sameChecksums } from './same-attributes';

/** What a pair comes to. */
export type Decision =
  | { readonly action: 'unchanged'; readonly by: ProvedBy }
  | { readonly action: 'copy'; readonly reason: string };

/** What the list pages say about a pair; `inspect` needs HeadObject on both sides, perhaps with their checksums. */
export type Verdict = Decision | Inspection;

export interface Inspection {
  readonly action: 'inspect';
  readonly judge: Judge;
  /** Whether `judge` goes by checksums; asking for them takes `kms:Decrypt` where objects are encrypted with a key. */
  readonly checksums: boolean | 'if-allowed';
  /** What to do instead if a run is known to have proved that this very pair is equal; absent if no proof is needed. */
  readonly ifProven?: Verdict;
}

/** Compares what HeadObject says of both sides. */
export type Judge = (source: ObjectHead, destination: ObjectHead) => Decision;

/**
 * A strategy. Each has its truth table, and says what it cannot notice. None but `always` notices a change of tags or
 * of the storage class alone: no list page shows tags, and neither changes a date or an ETag.
 */
export type Compare = (source: ListedObject, destination: ListedObject) => Verdict;

// Not made anew for each pair: most pairs of most runs come to the first of these.
const equalETag = unchanged('eTag');
const equalChecksum = unchanged('checksum');
const remembered = unchanged('remembered');
const equalSize = unchanged('size');
const sourceNotNewer = unchanged('date');
const differentSize = copy('size');
const differentETag = copy('etag');
const differentChecksum = copy('checksum');
const differentAttributes = copy('metadata');
const unproven = copy('unproven');
const sourceNewer = copy('time');
const always = copy('always');
const inspectAttributes: Verdict = { action: 'inspect', judge: judgeAttributes, checksums: false };
const inspectAll: Verdict = { action: 'inspect', judge: judgeAll, checksums: false };

/**
 * Content by ETag if ETags can be compared, by evidence if they cannot; attributes if an equal ETag is not older at the source.
 * A finished mirror stays finished, whatever its encryption or part layout.
 *
 * | size | ETags | newer | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | destination | unchanged |
 * | same | equal | source, or neither | HEAD both; copy if attributes differ |
 * | same | differ | source | copy |
 * | same | differ, proven to be of one content | destination | unchanged |
 * | same | differ, proven to be of one content | neither | HEAD both; copy if attributes differ |
 * | same | differ, not proven | destination, or neither | HEAD both; unchanged if checksums and attributes are equal, else copy |
 *
 * "Newer" is by S3's whole seconds. "Proven" is a pair of ETags that a run has found equal by checksums, or has made equal by a
 * copy; see `Evidence`. A date alone proves nothing: a source that was rolled back to an earlier version, or that was filled by
 * S3 Replication, is older than its copy.
 *
 * It cannot notice other headers and metadata under an equal ETag if the destination is newer: a list page shows neither.
 */
export function compareAuto(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const destinationNewer = isNewer(destination, source);
  if (source.eTag === destination.eTag) return destinationNewer ? equalETag : inspectAttributes;
  if (isNewer(source, destination)) return differentETag;
  return askForEvidence(destinationNewer ? remembered : inspectProven(source, destination));
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
  return source.sizeBytes === destination.sizeBytes ? equalSize : differentSize;
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
  return source.eTag === destination.eTag ? equalETag : differentETag;
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
  return isNewer(source, destination) ? sourceNewer : sourceNotNewer;
}

/**
 * Asks both sides for every pair of equal size: two HEAD requests each, in every run.
 *
 * | size | ETags | headers and user metadata | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | equal | unchanged |
 * | same | any | differ | copy |
 * | same | differ, proven to be of one content | equal | unchanged |
 * | same | differ, not proven | equal | unchanged if checksums are equal, else copy |
 *
 * Notices every change of content, headers and metadata, on either side, whatever the dates, and user metadata that S3 does
 * not show (`x-amz-missing-meta`) if its number of entries changed.
 */
export function compareMetadata(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  if (source.eTag === destination.eTag) return inspectAll;
  return askForEvidence(inspectProven(source, destination));
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
 * So it notices every change of content, headers and metadata, on either side. Unlike `metadata` it does not rely on what
 * an earlier run has proved if S3 keeps such a checksum.
 */
export function compareChecksum(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const inspection = { action: 'inspect', judge: judgeChecksums(judgeAll), checksums: true } as const;
  if (source.eTag === destination.eTag) return inspection;
  return { ...inspection, ifProven: { ...inspection, judge: judgeChecksums(judgeProven(source, destination)) } };
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

/** Whether a strategy may ask both sides by HeadObject, and goes by what earlier runs have proved. */
export function needsHeads(strategy: SyncInput['compare']): boolean {
  return strategy === 'auto' || strategy === 'metadata' || strategy === 'checksum';
}

export function compareBy(strategy: SyncInput['compare']): Compare {
  return strategies[strategy];
}

function isNewer(a: Pick<ListedObject, 'lastModified'>, b: Pick<ListedObject, 'lastModified'>): boolean {
  return Math.floor(a.lastModified / 1000) > Math.floor(b.lastModified / 1000);
}

/** ETags differ: equal checksums prove that the content is one, and so does an earlier run that says so. */
function askForEvidence(ifProven: Verdict): Inspection {
  return { action: 'inspect', judge: judgeAll, checksums: 'if-allowed', ifProven };
}

/** The content is known to be one, the attributes are not. */
function inspectProven(source: ListedObject, destination: ListedObject): Inspection {
  return { action: 'inspect', judge: judgeProven(source, destination), checksums: false };
}

/**
 * Whether two ETags are equal if the content is, but for encryption: the ETag of a multipart object is of its parts, and ends
 * in their number, `…-12`. As many parts of as many bytes are most likely the same parts.
 */
function sameKindOfETag({ eTag: one }: ETagged, { eTag: other }: ETagged): boolean {
  return one.split('-')[1] === other.split('-')[1];
}

type ETagged = Pick<ListedObject, 'eTag'>;

function judgeAttributes(source: ObjectHead, destination: ObjectHead): Decision {
  return source.eTag === destination.eTag ? ifAttributesEqual(source, destination, equalETag) : differentETag;
}

function judgeAll(source: ObjectHead, destination: ObjectHead): Decision {
  if (!sameAttributes(source.attributes, destination.attributes)) return differentAttributes;
  if (source.eTag === destination.eTag) return equalETag;
  const same = sameChecksums(source, destination);
  if (same) return equalChecksum;
  const comparable = sameKindOfETag(source, destination) && !source.opaqueETag && !destination.opaqueETag;
  if (comparable) return differentETag;
  return same === undefined ? unproven : differentChecksum;
}

/** What was proven is about the ETags of the list pages, and of no others. */
function judgeProven(from: ETagged, to: ETagged): Judge {
  return (source, destination) => {
    if (source.eTag !== from.eTag || destination.eTag !== to.eTag) return judgeAll(source, destination);
    return ifAttributesEqual(source, destination, remembered);
  };
}

function judgeChecksums(judgeOthers: Judge): Judge {
  return (source, destination) => {
    const same = sameChecksums(source, destination);
    if (same === undefined) return judgeOthers(source, destination);
    return same ? ifAttributesEqual(source, destination, equalChecksum) : differentChecksum;
  };
}

function ifAttributesEqual(source: ObjectHead, destination: ObjectHead, decision: Decision): Decision {
  return sameAttributes(source.attributes, destination.attributes) ? decision : differentAttributes;
}

function unchanged(by: ProvedBy): Decision {
  return { action: 'unchanged', by };
}

function copy(reason: string): Decision {
  return { action: 'copy', reason };
}
