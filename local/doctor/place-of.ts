import { formatS3Url } from '../../wording/s3-url';
import type { BucketQuestion } from './bucket-facts';

/** `s3://bucket/folder/` */
export function placeOf({ bucket, prefix }: Pick<BucketQuestion, 'bucket' | 'prefix'>): string {
  return formatS3Url(bucket, prefix || undefined);
}
