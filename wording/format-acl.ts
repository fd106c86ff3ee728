import type { RunSummary } from '../statemachine/contract';
import { formatS3Url } from './s3-url';

/** A note for the case that the bucket's owner may not be able to read the copies, without an error. Otherwise undefined. */
export function formatAcl({ aclsUnknown, input }: RunSummary): string | undefined {
  if (!aclsUnknown) return undefined;
  const { destination } = input as { destination: string };
  return (
    `Copies have no ACL: these credentials may not find out whether ${formatS3Url(destination)} uses ACLs (s3:GetBucketOwnershipControls). If its owner cannot ` +
    'read them, set `acl` to "bucket-owner-full-control". If the bucket does not use ACLs, set it to "none"'
  );
}
