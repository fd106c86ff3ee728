import type { SyncInput } from '../../statemachine/contract';
import type { ListedObject, ObjectAttributes, ObjectHead } from './object-store';

/** What the list pages say about a pair; `inspect` needs HeadObject on both sides. */
export type Verdict =
  | { readonly action: 'unchanged' }
  | { readonly action: 'copy'; readonly reason: string }
  | { readonly action: 'inspect'; readonly judge: Judge };

/** Compares what HeadObject says of both sides; returns the reason to copy, or undefined where there is none. */
export type Judge = (source: ObjectHead, destination: ObjectHead) => string | undefined;

export type Compare = (source: ListedObject, destination: ListedObject) => Verdict;

const unchanged: Verdict = { action: 'unchanged' };
const differentSize: Verdict = { action: 'copy', reason: 'size' };
const differentETag: Verdict = { action: 'copy', reason: 'etag' };
const sourceNewer: Verdict = { action: 'copy', reason: 'time' };
const always: Verdict = { action: 'copy', reason: 'always' };
const compareAttributes: Verdict = { action: 'inspect', judge: judgeAttributes };
const compareContent: Verdict = { action: 'inspect', judge: judgeContent };

/**
 * Content by ETag where ETags can be compared, by time where they cannot; attributes where an equal ETag is not older
 * at the source. A finished mirror stays finished, whatever its encryption or part layout.
 *
 * | size | ETags | destination newer | then |
 * | --- | --- | --- | --- |
 * | differs | any | any | copy |
 * | same | equal | yes | unchanged |
 * | same | equal | no | HEAD both; copy if attributes differ |
 * | same | differ, one is of a multipart object | yes | unchanged |
 * | same | differ, one is of a multipart object | no | copy |
 * | same | differ, both look like an MD5 | no | copy |
 * | same | differ, both look like an MD5 | yes | HEAD both; unchanged if one is encrypted with a key, else copy |
 *
 * "Newer" is by S3's whole seconds, strictly. It cannot notice a change of tags alone, nor a change of content under
 * a multipart or KMS ETag that is older than the destination's object.
 */
export function compareAuto(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  const destinationNewer = isNewer(destination, source);
  if (source.eTag === destination.eTag) return destinationNewer ? unchanged : compareAttributes;
  if (!destinationNewer) return differentETag;
  return looksLikeMd5(source.eTag) && looksLikeMd5(destination.eTag) ? compareContent : unchanged;
}

/** Copies where sizes differ; notices nothing else. */
export function compareSize(source: ListedObject, destination: ListedObject): Verdict {
  return source.sizeBytes === destination.sizeBytes ? unchanged : differentSize;
}

/** Copies where sizes or ETags differ; an ETag that cannot be equal (KMS, other parts) is copied in every run. */
export function compareETag(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return source.eTag === destination.eTag ? unchanged : differentETag;
}

/** The rule of `aws s3 sync`: copies where sizes differ or the source is newer. */
export function compareSizeAndTime(source: ListedObject, destination: ListedObject): Verdict {
  if (source.sizeBytes !== destination.sizeBytes) return differentSize;
  return isNewer(source, destination) ? sourceNewer : unchanged;
}

/** Copies every object. */
export function compareAlways(): Verdict {
  return always;
}

const strategies: Record<SyncInput['compare'], Compare> = {
  auto: compareAuto,
  size: compareSize,
  etag: compareETag,
  'size-and-time': compareSizeAndTime,
  always: compareAlways,
};

export function compareBy(strategy: SyncInput['compare']): Compare {
  return strategies[strategy];
}

function isNewer(a: ListedObject, b: ListedObject): boolean {
  return Math.floor(a.lastModified / 1000) > Math.floor(b.lastModified / 1000);
}

/** The ETag of a multipart object ends in the number of its parts: `…-12`. */
function looksLikeMd5(eTag: string): boolean {
  return !eTag.includes('-');
}

function judgeAttributes(source: ObjectHead, destination: ObjectHead): string | undefined {
  if (source.eTag !== destination.eTag) return 'etag';
  return sameAttributes(source.attributes, destination.attributes) ? undefined : 'metadata';
}

function judgeContent(source: ObjectHead, destination: ObjectHead): string | undefined {
  return source.opaqueETag || destination.opaqueETag ? undefined : 'etag';
}

function sameAttributes(a: ObjectAttributes, b: ObjectAttributes): boolean {
  return (
    a.contentType === b.contentType &&
    a.cacheControl === b.cacheControl &&
    a.contentDisposition === b.contentDisposition &&
    a.contentEncoding === b.contentEncoding &&
    a.contentLanguage === b.contentLanguage &&
    a.expires === b.expires &&
    a.websiteRedirect === b.websiteRedirect &&
    sameMetadata(a.metadata, b.metadata)
  );
}

function sameMetadata(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
