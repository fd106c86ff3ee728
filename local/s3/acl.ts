import type { Bucket } from './bucket';
import type { Headers } from './checksums';
import { invalidArgument, S3Error } from './errors';

const ownerControl = 'bucket-owner-full-control';
const canned = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  ownerControl,
];
const header = 'x-amz-acl';

/**
 * The canned ACL that a write asks for. A bucket with `BucketOwnerEnforced` has no ACLs, and accepts only the ACL that
 * would change nothing.
 *
 * @throws S3Error AccessDenied, InvalidArgument, AccessControlListNotSupported
 */
export function readAcl(bucket: Bucket, headers: Headers): string | undefined {
  const acl = headers[header];
  if (acl === undefined) {
    return undefined;
  }
  if (!canned.includes(acl)) {
    throw invalidArgument('', header, acl);
  }
  bucket.authorize('s3:PutObjectAcl');
  if (bucket.ownership !== 'BucketOwnerEnforced') {
    return acl;
  }
  if (acl !== ownerControl) {
    throw new S3Error(400, 'AccessControlListNotSupported', 'The bucket does not allow ACLs');
  }
  return undefined;
}
