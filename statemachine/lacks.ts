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

/** Features that an S3 other than AWS may lack, and what that means for a run. */
const MEANINGS = {
  archiveStatus:
    'its list pages do not show which archived objects are restored (x-amz-optional-object-attributes), so all of them count as archived',
  listEncoding:
    'its list pages have keys as XML text (no EncodingType), which cannot hold every key: a key with control characters ends the run',
  listedClasses:
    'its list pages do not show storage classes: bucketsync asked for the class of each object that it copied; as a filter, `storageClasses` takes all objects for STANDARD',
  parts:
    'it does not show the parts of objects (HeadObject with partNumber): objects in parts were copied in one piece, with another ETag',
  attributes: 'it has no GetObjectAttributes: bucketsync asked for each part, and nothing is lost',
  partCopies:
    'it copies no parts (UploadPartCopy): objects in parts were copied in one piece, with another ETag, and objects above 5 GiB were not copied',
  somePartCopies: 'it refused copies in parts of some objects: these were copied in one piece, with another ETag',
  classHeader:
    'it does not accept storage classes (x-amz-storage-class): copies have the class that the server chooses',
  tagging: 'it has no object tags (GetObjectTagging): objects were copied in parts without tags',
  tagReads:
    'it does not show tags (GetObjectTagging): objects in parts were copied in one piece, which keeps their tags but not their ETags',
  tagDirective: 'it does not support x-amz-tagging-directive, so copies may have tags in spite of `tags: "ignore"`',
  annotations: 'it does not support annotations (x-amz-object-annotation-directive): nothing is lost',
  copyConditions:
    'it does not support conditional copies (x-amz-copy-source-if-match): bucketsync asked the source again after each copy instead',
  checksums: 'it shows no checksums (x-amz-checksum-mode), so none could be compared',
  uploadChecksums:
    'it does not keep the checksum of an upload in parts: such copies have a checksum that the server chooses',
  partChecksums:
    'it stores a wrong checksum for copies in parts: such objects were copied in one piece, with another ETag',
  uploadSizes: 'it does not accept the size of an upload (x-amz-mp-object-size): nothing is lost',
  copies: 'it does not copy objects (CopyObject): bucketsync read each object and wrote it again, and nothing is lost',
  someCopies:
    'it refused to copy some objects: bucketsync read these and wrote them again, those in parts with another ETag',
  copiedHeaders: 'its own copies lose headers, so bucketsync sent the headers again with each copy: nothing is lost',
  copiedTags: 'it does not keep the tags of copies: they are lost, and no object is copied again because of it',
  storageClasses:
    'it does not keep the storage class of copies: they have another one, and no object is copied again because of it',
  emptyCopies: 'it refuses to copy some empty objects, like folders: bucketsync wrote them anew, and nothing is lost',
  bodyChecksums: 'it accepts the request to delete many objects only without a checksum of AWS: nothing is lost',
  batchDeletes: 'it does not delete many objects at once (DeleteObjects): bucketsync deleted them one by one',
} as const;

export const LACK_NAMES = Object.keys(MEANINGS);

/**
 * Notes that are kept with the lacks but are no features that a server lacks. Either a test has shown which headers copies keep, or no
 * test could, so the first objects of a Task have to show it.
 */
export const NO_LACKS = ['triedHeaders', 'untriedHeaders'] as const;

/** `header:expires`: the server does not keep this header of a copy. */
export type Lack = keyof typeof MEANINGS | `header:${KeptHeader}` | (typeof NO_LACKS)[number];

/** A feature that the S3 of a run lacks. */
export interface FoundLack {
  readonly name: string;
  /** What it means: a sentence that begins with `it` or `its` and has no full stop. */
  readonly meaning: string;
}

/** Text for people: one sentence for each. */
export function formatLacks(lacks: readonly FoundLack[] = []): string | undefined {
  if (lacks.length === 0) return undefined;
  return ['This S3 is not AWS, and lacks some features:', ...lacks.map(({ meaning }) => `- ${meaning}`)].join('\n');
}

/** @param name  as any version of bucketsync has stored it */
export function describeLack(name: string): FoundLack {
  const meaning = (MEANINGS as Readonly<Record<string, string>>)[name] ?? lostHeader(name);
  return { name, meaning };
}

function lostHeader(name: string): string {
  const header = (KEPT_HEADERS as Readonly<Record<string, string>>)[name.replace(/^header:/, '')] ?? name;
  return `it does not keep ${header} of copies: this header is lost, and no object is copied again because of it`;
}
