import { InvalidInputError } from '../statemachine/errors';

export interface S3Location {
  readonly bucket: string;
  /** Everything after the bucket's slash. Empty: the whole bucket. */
  readonly prefix: string;
}

/**
 * Reads `s3://bucket` or `s3://bucket/prefix`. Nothing is decoded: a key may hold any character.
 *
 * @throws InvalidInputError  shows what is expected
 */
export function parseS3Url(url: string): S3Location {
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/s.exec(url) ?? [];
  if (!bucket) throw new InvalidInputError(`Expected s3://bucket or s3://bucket/folder, got "${url}"`);
  return { bucket, prefix };
}

/** @param keyOrPrefix  if it is empty, the whole bucket as a folder: `s3://bucket/`; absent: `s3://bucket` */
export function formatS3Url(bucket: string, keyOrPrefix?: string): string {
  return keyOrPrefix === undefined ? `s3://${bucket}` : `s3://${bucket}/${keyOrPrefix}`;
}
