import { transferGib } from '../../../lambdas/engine/cost/prices';
import { formatUsd } from '../../../wording/numbers';
import type { BucketFacts } from '../bucket-facts';
import { ok, unchecked, type Verdict, warning } from '../finding';

/** Two Regions are no fault, but cost money with each copy. */
export function checkRegions(source: BucketFacts, destination: BucketFacts): Verdict {
  if (source.endpoint !== destination.endpoint) {
    return ok('the two sides are on two servers, and each copy goes through the machine that runs');
  }
  const [from, to] = [source.settings?.region, destination.settings?.region];
  if (from === undefined || to === undefined) return unchecked('a bucket cannot be reached');
  if (from === to) return ok(`both buckets are in ${from}`);
  return warning(
    `copies go from ${from} to ${to}: on AWS, each GiB costs about ${formatUsd(transferGib(from, to))} more than within a Region`,
  );
}
