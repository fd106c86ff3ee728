import type { Bucket } from './bucket';
import type { Call } from './call';
import { invalidArgument, noSuchUpload } from './errors';
import type { Upload } from './upload';

/**
 * The upload that a request names.
 *
 * @throws S3Error NoSuchUpload, even if the upload has ended
 */
export function findUpload(call: Call): Upload {
  const upload = findAnyUpload(call);
  if (upload.completed) throw noSuchUpload(upload.id);
  return upload;
}

/** Like `findUpload`, but also finds completed uploads. */
export function findAnyUpload({ bucket, key, query }: Call): Upload {
  const id = query.get('uploadId') ?? '';
  const upload = bucket.uploads.get(id);
  if (!upload || upload.key !== key) throw noSuchUpload(id);
  return upload;
}

/** Unfinished uploads in the order in which S3 lists them: by key, then by age. */
export function openUploads(bucket: Bucket): Upload[] {
  return [...bucket.uploads.values()].filter((upload) => !upload.completed);
}

export function readPartNumber(query: URLSearchParams): number {
  const value = query.get('partNumber') ?? '';
  const partNumber = Number(value);
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > 10_000)
    throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive', 'partNumber', value);
  return partNumber;
}
