import type { Bucket } from './bucket';
import type { Headers } from './checksums';
import { accessDenied } from './errors';

/** @throws S3Error AccessDenied */
export function requirePayer(bucket: Bucket, headers: Headers): void {
  if (bucket.requesterPays && headers['x-amz-request-payer'] !== 'requester') throw accessDenied();
}
