import type { ListedObject, ObjectHead, PartHead, Tag } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import type { UploadedPart } from '../ports/object-uploads';
import type { StoreError } from '../ports/store-error';
import type { PartLayout } from './part-layout';

/** The copy of one object in parts. */
export interface Job {
  readonly version: ListedObject;
  /** The key before it on the source. */
  readonly after: string | undefined;
  /** HeadObject of this version. */
  readonly head: ObjectHead;
  /** HeadObject of its first part. */
  readonly first: PartHead;
  readonly layout: PartLayout;
  /** Absent if an earlier round may have begun the upload with them. */
  readonly tags: readonly Tag[] | undefined;
  readonly destination: CopyRequest['destination'];
  /** The upload that an earlier round began. */
  readonly begun: Upload | undefined;
  /** The copy has the source's own parts, and the source's ETag is made of them. So the copy's ETag has to be equal. */
  readonly provesETag?: boolean;
  /** See `UnfinishedUpload`. */
  readonly partBytes?: number | undefined;
  /**
   * What is wrong with a copy that the destination has already. It looks finished to any later comparison, so this Task replaces it,
   * however late it is, or reports this error.
   */
  readonly mends?: StoreError | undefined;
}

/** The object that S3 has made of the parts. */
export interface Completed {
  readonly eTag: string | undefined;
  readonly parts: number;
}

export interface Upload {
  readonly id: string;
  parts: UploadedPart[];
  /** S3 may still have parts that are missing here, cut by a layout that proved wrong. */
  corrected: boolean;
  /** A part was stopped in the middle because its invocation ends. */
  stopped?: boolean;
  readonly partBytes?: number | undefined;
}
