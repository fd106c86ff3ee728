import type { BucketSettings, Phase, SyncInput } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';

/** Asks for what copies have to heed; nothing where no phase copies. */
export async function readSettings(
  phases: readonly Phase[],
  probes: BucketProbes,
  acl: SyncInput['acl'],
): Promise<BucketSettings> {
  if (!phases.some(({ copy, write }) => copy && write)) return { acls: false, website: false };
  const [acls, ...websites] = await Promise.all([
    acl === 'auto' ? probes.usesAcls() : acl !== 'none',
    probes.isWebsite('source'),
    probes.isWebsite('destination'),
  ]);
  // Few buckets use ACLs.
  return { acls: acls === true, ...(acls === undefined && { aclsUnknown: true }), website: websites.includes(true) };
}
