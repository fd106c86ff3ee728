/** Headers of an object that a server may not keep, as requests and answers name them. */
export const KEPT_HEADERS = {
  contentType: 'Content-Type',
  cacheControl: 'Cache-Control',
  contentDisposition: 'Content-Disposition',
  contentEncoding: 'Content-Encoding',
  contentLanguage: 'Content-Language',
  expires: 'Expires',
  websiteRedirect: 'x-amz-website-redirect-location',
} as const;
export type KeptHeader = keyof typeof KEPT_HEADERS;

/** What an S3 other than AWS's may lack, and what that means for a run. */
const MEANINGS = {
  archiveStatus:
    'its list pages do not tell which archived objects are restored (x-amz-optional-object-attributes), so all of them count as archived',
  listEncoding:
    'its list pages have keys as XML text (no EncodingType), which cannot hold every key: one with control characters ends the run',
  parts:
    'it does not tell the parts of objects (HeadObject with partNumber): what was uploaded in parts was copied in one piece, with another ETag',
  attributes: 'it has no GetObjectAttributes: parts were asked for one by one, and nothing is lost',
  partCopies:
    'it copies no parts (UploadPartCopy): what was uploaded in parts was copied in one piece, with another ETag, and what is larger than 5 GiB was not copied',
  tagging: 'it has no object tags (GetObjectTagging): objects were copied in parts without any',
  tagReads:
    'it refuses to show tags (GetObjectTagging): what was uploaded in parts was copied in one piece, which keeps its tags but not its ETag',
  tagDirective: 'it does not know x-amz-tagging-directive, so copies may have kept tags in spite of `tags: "ignore"`',
  annotations: 'it does not know annotations (x-amz-object-annotation-directive): nothing is lost',
  copyConditions:
    'it copies under no condition (x-amz-copy-source-if-match): the source was asked again after each copy instead',
  checksums: 'it shows no checksums (x-amz-checksum-mode), so none could be compared',
  uploadChecksums:
    'it does not keep the checksum of what is uploaded in parts with one: such copies have what it chooses by itself',
  partChecksums:
    'it makes a wrong checksum of what is copied in parts: such objects were copied in one piece, with another ETag',
  uploadSizes: 'it does not take the size of an upload (x-amz-mp-object-size): nothing is lost',
  copiedHeaders: 'its own copies lose headers, so bucketsync sent the headers anew with each copy: nothing is lost',
  bodyChecksums: 'it takes the request to delete many objects only without a checksum of AWS: nothing is lost',
  batchDeletes: 'it refuses to delete many objects at once (DeleteObjects): they were deleted one by one',
} as const;

export const LACK_NAMES = Object.keys(MEANINGS);

/**
 * What is noted beside, and is nothing that a server lacks: it was tried what copies keep of headers; or nobody could try it, so the first
 * objects of a Task have to tell.
 */
export const NO_LACKS = ['triedHeaders', 'untriedHeaders'] as const;

/** `header:expires`: the server does not keep this header of a copy. */
export type Lack = keyof typeof MEANINGS | `header:${KeptHeader}` | (typeof NO_LACKS)[number];

/** Something that the S3 of a run was found to lack. */
export interface FoundLack {
  readonly name: string;
  /** What it means, in a sentence without its beginning and end. */
  readonly meaning: string;
}

/** For people: one sentence of each. */
export function formatLacks(lacks: readonly FoundLack[] = []): string | undefined {
  if (lacks.length === 0) return undefined;
  return ['This S3 is not AWS, and lacks something:', ...lacks.map(({ meaning }) => `- ${meaning}`)].join('\n');
}

/** @param name  as it was noted, by whatever version of bucketsync */
export function describeLack(name: string): FoundLack {
  const meaning = (MEANINGS as Readonly<Record<string, string>>)[name] ?? lostHeader(name);
  return { name, meaning };
}

function lostHeader(name: string): string {
  const header = (KEPT_HEADERS as Readonly<Record<string, string>>)[name.replace(/^header:/, '')] ?? name;
  return `it does not keep ${header} of copies: it is lost, and no object is copied again because of it`;
}
