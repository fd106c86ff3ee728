import type { RunSummary } from '../statemachine/contract';

/** Said where copies may be unreadable to whoever owns the bucket, and nobody would notice; undefined in all other cases. */
export function formatAcl({ aclsUnknown, input }: RunSummary): string | undefined {
  if (!aclsUnknown) return undefined;
  const { destination } = input as { destination?: string };
  return (
    `Copies have no ACL: these credentials may not ask whether s3://${destination} uses ACLs (s3:GetBucketOwnershipControls). If its owner cannot ` +
    'read them, set `acl` to "bucket-owner-full-control"; if it uses none, set it to "none"'
  );
}
