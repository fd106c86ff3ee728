import type { Bucket } from './bucket';
import type { Headers } from './checksums';
import { invalidArgument, S3Error } from './errors';

const OWNER_CONTROL = 'bucket-owner-full-control';
const CANNED = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  OWNER_CONTROL,
];
const HEADER = 'x-amz-acl';

/**
 * The canned ACL that a write asks for. A bucket with `BucketOwnerEnforced` has no ACLs, and accepts only the ACL that
 * would change nothing.
 *
 * @throws S3Error AccessDenied, InvalidArgument, AccessControlListNotSupported
 */
export function readAcl(bucket: Bucket, headers: Headers): string | undefined {
  const acl = headers[HEADER];
  if (acl === undefined) return undefined;
  if (!CANNED.includes(acl)) throw invalidArgument('', HEADER, acl);
  bucket.authorize('s3:PutObjectAcl');
  if (bucket.ownership !== 'BucketOwnerEnforced') return acl;
  if (acl !== OWNER_CONTROL) throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  return undefined;
}
