import type { ProvedBy, SyncInput } from '../../../statemachine/contract';
import type { ListedObject, ObjectHead } from '../ports/bucket-reader';
import { sameAttributes, sameChecksums } from './same-attributes';

/** What is decided about a pair of objects. */
export type Decision =
  | { readonly action: 'unchanged'; readonly by: ProvedBy }
  | { readonly action: 'copy'; readonly reason: string };

/** What the list pages alone decide about a pair. `inspect` requires HeadObject on both sides, perhaps with their checksums. */
export type Verdict = Decision | Inspection;

export interface Inspection {
  readonly action: 'inspect';
  readonly judge: Judge;
  /** Whether `judge` compares checksums. To ask for them requires `kms:Decrypt` if a KMS key encrypts the objects. */
  readonly checksums: boolean | 'if-allowed';
  /** The verdict if a run has already proved that this pair is equal; absent if no proof is needed. */
  readonly ifProven?: Verdict;
}

/** Decides by the HeadObject answers of both sides. */
export type Judge = (source: ObjectHead, destination: ObjectHead) => Decision;

/**
 * A strategy. Each has a truth table and says what it cannot notice. Only `always` notices it if nothing but tags or the storage
 * class has changed: list pages do not show tags, and neither change alters a date or an ETag.
 */
export type Compare = (source: ListedObject, destination: ListedObject) => Verdict;

// Made once and not for each pair: in most runs, most pairs get the first of these decisions.
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
 * Compares content by ETag if the ETags can be compared, and by evidence if they cannot. Compares attributes if the ETags are
 * equal but the source is not older. A second run copies nothing, whatever the encryption or part layout.
 *
 * | size | ETags | newer | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | destination | unchanged |
 * | same | equal | source, or neither | HEAD both; copy if attributes differ |
 * | same | differ | source | copy |
 * | same | differ, content proven equal | destination | unchanged |
 * | same | differ, content proven equal | neither | HEAD both; copy if attributes differ |
 * | same | differ, not proven | destination, or neither | HEAD both; unchanged if checksums and attributes are equal, else copy |
 *
 * "Newer" compares whole seconds, as S3 keeps them. "Proven" means that a run has found this pair of ETags equal by checksums, or
 * has made the copy itself; see `Evidence`. A date alone proves nothing: if the source was rolled back to an earlier version, or
 * was filled by S3 Replication, it is older than its copy although the content differs.
 *
 * It cannot notice changed headers and metadata if the ETags are equal and the destination is newer: list pages show neither.
 */
function compareAuto(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const destinationNewer = isNewer(destination, source);
  if (sameETag(source, destination)) return destinationNewer ? equalETag : inspectAttributes;
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
function compareSize(source: ListedObject, destination: ListedObject): Verdict {
  return source.sizeBytes === destination.sizeBytes ? equalSize : differentSize;
}

/**
 * Notices every change of content, on either side. In every run it copies objects whose ETags cannot be equal: if a key encrypts
 * one side, or if S3 does not tell the parts of the source.
 *
 * | size | ETags | then |
 * | --- | --- | --- |
 * | differs | any | copy |
 * | same | differ | copy |
 * | same | equal | unchanged |
 *
 * It cannot notice a change of headers and metadata.
 */
function compareETag(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return sameETag(source, destination) ? equalETag : differentETag;
}

/**
 * The rule of `aws s3 sync`. Notices every object that was put at the source in a later second than its copy.
 *
 * | size | source newer | then |
 * | --- | --- | --- |
 * | differs | any | copy |
 * | same | yes | copy |
 * | same | no | unchanged |
 *
 * It cannot notice an object of the same size that was put at the destination, or at the source in the second of the copy.
 */
function compareSizeAndTime(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return isNewer(source, destination) ? sourceNewer : sourceNotNewer;
}

/**
 * Sends two HEAD requests, one to each side, for every pair of equal size, in every run.
 *
 * | size | ETags | headers and user metadata | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | equal | unchanged |
 * | same | any | differ | copy |
 * | same | differ, content proven equal | equal | unchanged |
 * | same | differ, not proven | equal | unchanged if checksums are equal, else copy |
 *
 * Notices every change of content, headers and metadata, on either side, whatever the dates. Of user metadata that S3 does not
 * show (`x-amz-missing-meta`), it notices a changed number of entries.
 */
function compareMetadata(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  if (sameETag(source, destination)) return inspectAll;
  return askForEvidence(inspectProven(source, destination));
}

/**
 * Like `metadata`, but compares content by full-object checksums, which do not depend on part layout and encryption.
 *
 * | size | checksums of an algorithm that both sides have | headers and user metadata | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | differ | any | copy |
 * | same | equal | differ | copy |
 * | same | equal | equal | unchanged |
 * | same | none | any | as `metadata` |
 *
 * So it notices every change of content, headers and metadata, on either side. If S3 keeps such checksums, it does not rely on
 * what an earlier run has proved, as `metadata` does.
 */
function compareChecksum(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const inspection = { action: 'inspect', judge: judgeChecksums(judgeAll), checksums: true } as const;
  if (sameETag(source, destination)) return inspection;
  return { ...inspection, ifProven: { ...inspection, judge: judgeChecksums(judgeProven(source, destination)) } };
}

/**
 * Copies every object, in every run.
 *
 * | size | then |
 * | --- | --- |
 * | any | copy |
 */
function compareAlways(): Verdict {
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

/** Whether a strategy may send HeadObject to both sides, and uses what earlier runs have proved. */
export function needsHeads(strategy: SyncInput['compare']): boolean {
  return strategy === 'auto' || strategy === 'metadata' || strategy === 'checksum';
}

export function compareBy(strategy: SyncInput['compare']): Compare {
  return strategies[strategy];
}

function isNewer(a: Pick<ListedObject, 'lastModified'>, b: Pick<ListedObject, 'lastModified'>): boolean {
  return Math.floor(a.lastModified / 1000) > Math.floor(b.lastModified / 1000);
}

/** The ETags differ. Equal checksums, or the evidence of an earlier run, prove that the content is the same. */
function askForEvidence(ifProven: Verdict): Inspection {
  return { action: 'inspect', judge: judgeAll, checksums: 'if-allowed', ifProven };
}

/** The content is known to be the same. Whether the attributes are the same is not known. */
function inspectProven(source: ListedObject, destination: ListedObject): Inspection {
  return { action: 'inspect', judge: judgeProven(source, destination), checksums: false };
}

/**
 * Whether equal content would have equal ETags, if no encryption changes them. The ETag of a multipart object depends on its
 * parts, and ends in their number: `…-12`. Two objects with equal sizes and equally many parts most likely have the same parts.
 */
function sameKindOfETag({ eTag: one }: ETagged, { eTag: other }: ETagged): boolean {
  return one.split('-')[1] === other.split('-')[1];
}

type ETagged = Pick<ListedObject, 'eTag'>;

/** A server may list objects without an ETag, which says nothing. */
function sameETag({ eTag }: ETagged, other: ETagged): boolean {
  return eTag === other.eTag && eTag !== '';
}

function judgeAttributes(source: ObjectHead, destination: ObjectHead): Decision {
  return sameETag(source, destination) ? ifAttributesEqual(source, destination, equalETag) : differentETag;
}

function judgeAll(source: ObjectHead, destination: ObjectHead): Decision {
  if (!sameAttributes(source.attributes, destination.attributes)) return differentAttributes;
  if (sameETag(source, destination)) return equalETag;
  const same = sameChecksums(source, destination);
  if (same) return equalChecksum;
  const comparable = sameKindOfETag(source, destination) && !source.opaqueETag && !destination.opaqueETag;
  if (comparable) return differentETag;
  return same === undefined ? unproven : differentChecksum;
}

/** The proof holds for the ETags of the list pages only. */
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
