import type { Checksum } from './checksums';
import type { DeleteResult } from './delete-objects';
import type { PartsPage } from './object-attributes';
import type { ObjectVersion } from './object-version';
import type { Tags } from './tags';
import type { UploadPart } from './upload';

/** A part as answers show it: with a checksum only if the upload asked for one. */
type ShownPart = Omit<UploadPart, 'checksum'> & { readonly checksum: Checksum | undefined };

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
