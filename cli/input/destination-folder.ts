import { InvalidInputError } from '../../statemachine/errors';
import { bucketName, folder } from '../../statemachine/input/field-types';
import { parseS3Url } from '../../wording/s3-url';

/** The folder of a destination that a lock is about. */
export interface DestinationFolder {
  readonly destination: string;
  readonly destinationPrefix: string;
}

/** @throws InvalidInputError */
export function readDestination(url: string): DestinationFolder {
  const { bucket, prefix } = parseS3Url(url);
  if (!bucketName.safeParse(bucket).success)
    throw new InvalidInputError(`Expected the name of a bucket, got "${bucket}"`);
  return { destination: bucket, destinationPrefix: folder.parse(prefix) };
}
