import type { Body } from './body';
import type { Bucket } from './bucket';
import type { Call } from './call';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums';
import { invalidArgument, noSuchUpload } from './errors';
import type { ObjectVersion } from './object-version';
import type { WriteAttributes } from './put-object';

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
export const checksumTypes: Record<ChecksumAlgorithm, readonly ChecksumType[]> = {
  CRC32: ['COMPOSITE', 'FULL_OBJECT'],
  CRC32C: ['COMPOSITE', 'FULL_OBJECT'],
  CRC64NVME: ['FULL_OBJECT'],
  SHA1: ['COMPOSITE'],
  SHA256: ['COMPOSITE'],
};

/**
 * The upload that a request names.
 *
 * @throws S3Error NoSuchUpload, even if the upload has ended
 */
export function findUpload(call: Call): Upload {
  const upload = findAnyUpload(call);
  if (upload.completed) {
    throw noSuchUpload(upload.id);
  }
  return upload;
}

/** Like `findUpload`, but also finds completed uploads. */
export function findAnyUpload({ bucket, key, query }: Call): Upload {
  const id = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (!upload || upload.key !== key) {
    throw noSuchUpload(id);
  }
  return upload;
}

/** Unfinished uploads in the order in which S3 lists them: by key, then by age. */
export function openUploads(bucket: Bucket): Upload[] {
  return [...bucket.uploads.values()].filter((upload) => !upload.completed);
}

export function readPartNumber(query: URLSearchParams): number {
  const value = query.get('partNumber') ?? '';
  const partNumber = Number(value);
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000) {
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', value);
  }
  return partNumber;
}
