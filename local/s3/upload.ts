import type { Body } from './body';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums';
import type { ObjectVersion } from './object-version';
import type { WriteAttributes } from './put-object';

/** A part of an upload that is under way. */
export interface UploadPart {
  readonly partNumber: number;
  readonly body: Body;
  readonly eTag: string;
  readonly checksum: Checksum;
  readonly lastModified: Date;
}

/** A multipart upload, from its creation to some time after its end. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly attributes: WriteAttributes;
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly parts: Map<number, UploadPart>;
  /** Set once it is complete: asking again gets the same answer. */
  completed?: { readonly request: string; readonly version: ObjectVersion };
}
