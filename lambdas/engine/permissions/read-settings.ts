import type { BucketSettings, Phase, SyncInput } from '../../../statemachine/contract';
import type { BucketProbes } from '../ports/bucket-probes';

/** Reads the settings of the buckets that copies depend on. Sends nothing if no phase copies. */
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
  // Few buckets use ACLs, so if nobody may ask, none are sent.
  return { acls: acls === true, ...(acls === undefined && { aclsUnknown: true }), website: websites.includes(true) };
}
