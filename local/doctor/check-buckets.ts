import type { BucketFacts } from './bucket-facts';
import { type BucketCheck, DESTINATION_CHECKS, SOURCE_CHECKS } from './checks/bucket-checks';
import { checkRegions } from './checks/pair-checks';
import type { WrittenHeaders } from './checks/policy-checks';
import { type Finding, failure, ok, unchecked, type Verdict } from './finding';
import { placeOf } from './place-of';

/**
 * Everything about the two sides of a mirror: one line for each check, in every state.
 *
 * @param sent  what a deployed mirror sends with each write; undefined: unknown
 */
export function checkBuckets(source: BucketFacts, destination: BucketFacts, sent?: WrittenHeaders): Finding[] {
  const pair = `${placeOf(source)} → ${placeOf(destination)}`;
  return [
    ...checkSide(source, SOURCE_CHECKS, sent),
    ...checkSide(destination, DESTINATION_CHECKS, sent),
    { check: 'regions', about: pair, ...checkRegions(source, destination) },
  ];
}

function checkSide(
  facts: BucketFacts,
  checks: Readonly<Record<string, BucketCheck>>,
  sent: WrittenHeaders | undefined,
): Finding[] {
  const { settings, side, unasked = 'the bucket cannot be reached' } = facts;
  const verdicts = Object.entries(checks).map(([name, check]): [string, Verdict] => [
    name,
    settings ? check(facts, settings, sent) : unchecked(unasked),
  ]);
  return [['existence', checkExistence(facts)] as const, ...verdicts].map(([name, verdict]) => {
    return { check: `${side}.${name}`, about: placeOf(facts), ...verdict };
  });
}

function checkExistence({ problem, settings, bucket, awsOptions, unasked }: BucketFacts): Verdict {
  if (unasked !== undefined) return unchecked(unasked);
  if (settings) return ok(`exists, in ${settings.region}`);
  return failure(problem ?? 'cannot be reached', ['aws', 's3api', 'head-bucket', '--bucket', bucket, ...awsOptions]);
}
