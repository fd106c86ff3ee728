import type { ListedObject } from '../ports/bucket-reader';
import type { PartLayout } from './part-layout';

const [MB, MIB] = [1000 * 1000, 1024 * 1024];

/**
 * Part sizes that programs use by default, the most common ones first: aws-cli and boto3, rclone and MinIO, s3cmd, and
 * others.
 */
const USUAL_BYTES = [8, 5, 16, 15, 64, 10, 32, 50, 20, 25, 100, 128, 256, 512, 1024].flatMap((size) => [
  size * MIB,
  size * MB,
]);

/** The smallest part that S3 accepts, except for the last one. */
export const LEAST_PART_BYTES = 5 * MIB;

/**
 * The likely parts of an object whose ETag says that it has parts (`…-12`), if its server does not tell their sizes. Only
 * an equal ETag of the copy proves the guess. If the guess is wrong, the copy is still complete.
 */
export function guessLayout({ eTag, sizeBytes }: Pick<ListedObject, 'eTag' | 'sizeBytes'>): PartLayout | undefined {
  const count = Number(eTag.split('-')[1]);
  if (!Number.isInteger(count) || count < 1) return undefined;
  if (count === 1) return { sizes: [sizeBytes], assumed: true };
  const partBytes = USUAL_BYTES.find((bytes) => bytes >= LEAST_PART_BYTES && Math.ceil(sizeBytes / bytes) === count);
  if (partBytes === undefined) return undefined;
  const last = sizeBytes - (count - 1) * partBytes;
  return { sizes: [...Array<number>(count - 1).fill(partBytes), last], assumed: true };
}
