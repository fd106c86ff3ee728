import type { ListedObject } from '../ports/bucket-reader';
import type { PartLayout } from './part-layout';

const [MB, MIB] = [1000 * 1000, 1024 * 1024];

/** Parts that programs cut by themselves, the most common ones first: aws-cli and boto3, rclone and MinIO, s3cmd, and others. */
const USUAL_BYTES = [8, 5, 16, 15, 64, 10, 32, 50, 20, 25, 100, 128, 256, 512, 1024].flatMap((size) => [
  size * MIB,
  size * MB,
]);

/** What S3 takes of a part that is not the last one. */
export const LEAST_PART_BYTES = 5 * MIB;

/**
 * How an object was probably uploaded that its ETag says to have parts (`…-12`), and its server does not tell how large
 * they are. Only an equal ETag of the copy proves it; any other layout would do as well.
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
