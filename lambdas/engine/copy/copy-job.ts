import type { ListedObject, ObjectHead, PartHead, Tag } from '../ports/bucket-reader';
import type { CopyRequest } from '../ports/bucket-writer';
import type { UploadedPart } from '../ports/object-uploads';
import type { PartLayout } from './part-layout';

/** The copy of one object in parts. */
export interface Job {
  readonly version: ListedObject;
  /** The key before it on the source. */
  readonly after: string | undefined;
  /** What HeadObject says of it. */
  readonly head: ObjectHead;
  /** And of its first part. */
  readonly first: PartHead;
  readonly layout: PartLayout;
  /** Absent where an earlier round may have begun with them. */
  readonly tags: readonly Tag[] | undefined;
  readonly destination: CopyRequest['destination'];
  /** Of an earlier round. */
  readonly begun: Upload | undefined;
  /** The parts are the source's own, and its ETag is made of them: so the copy's has to be equal. */
  readonly provesETag?: boolean;
  /** See `UnfinishedUpload`. */
  readonly partBytes?: number | undefined;
}

/** What S3 has made of the parts. */
export interface Completed {
  readonly eTag: string | undefined;
  readonly parts: number;
}

export interface Upload {
  readonly id: string;
  parts: UploadedPart[];
  /** Parts that are missing here may be there all the same, cut in a way that proved wrong. */
  corrected: boolean;
  /** A part was ended in the middle, as its invocation ends. */
  stopped?: boolean;
  readonly partBytes?: number | undefined;
}
