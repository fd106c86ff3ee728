import type { Checksum } from './checksums';
import type { S3Error } from './errors';
import type { ObjectVersion, StoredPart } from './object-version';
import type { Tags } from './tags';
import type { UploadPart } from './upload';

/** A part as answers show it: with a checksum only if the upload asked for one. */
type ShownPart = Omit<UploadPart, 'checksum'> & { readonly checksum: Checksum | undefined };

/** The number of parts. Each part is listed only if the uploader chose a checksum. */
export interface PartsPage {
  readonly count: number;
  readonly shown?: {
    readonly after: number;
    readonly maxParts: number;
    readonly parts: readonly StoredPart[];
    readonly isTruncated: boolean;
  };
}

export interface Deleted {
  /** The version that was deleted, or the delete marker that was created. */
  readonly versionId?: string;
  readonly deleteMarker?: boolean;
}

/** What became of one key. */
export interface DeleteResult {
  readonly key: string;
  /** That was asked for. */
  readonly versionId: string | undefined;
  readonly outcome: Deleted | S3Error;
}

/** What the XML of an answer says, by operation. */
export interface Results {
  readonly ListObjectsV2: { readonly objects: readonly ObjectVersion[]; readonly next: string | undefined };
  readonly GetObjectTagging: Tags;
  readonly GetObjectAttributes: { readonly eTag: string; readonly parts: PartsPage | undefined };
  readonly GetBucketOwnershipControls: { readonly ownership: string };
  readonly CopyObject: ObjectVersion;
  readonly CreateMultipartUpload: { readonly uploadId: string };
  readonly UploadPartCopy: ShownPart;
  /** `next`: the part behind which the next page begins. */
  readonly ListParts: { readonly parts: readonly ShownPart[]; readonly next: number | undefined };
  readonly CompleteMultipartUpload: ObjectVersion;
  readonly DeleteObjects: readonly DeleteResult[];
}
