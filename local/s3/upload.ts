import type { Body } from './body';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums';
import type { ObjectVersion, WriteAttributes } from './object-version';

/** A part of an unfinished upload. */
export interface UploadPart {
  readonly partNumber: number;
  readonly body: Body;
  readonly eTag: string;
  readonly checksum: Checksum;
  readonly lastModified: Date;
}

/** A multipart upload. Complete ones are kept, since completing twice succeeds twice. */
export interface Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly attributes: WriteAttributes;
  readonly checksum: UploadChecksum;
  readonly parts: Map<number, UploadPart>;
  completed?: { readonly request: string; readonly version: ObjectVersion };
}

export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** False if S3 chose it: then the object keeps it, but parts do not show it. */
  readonly asked: boolean;
}

/** The checksum types that an algorithm can have, the default first. */
export const CHECKSUM_TYPES: Record<ChecksumAlgorithm, readonly ChecksumType[]> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
};
