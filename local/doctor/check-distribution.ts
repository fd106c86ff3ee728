import { checkExistence, checkLastTold, DISTRIBUTION_CHECKS } from './checks/distribution-checks';
import type { DistributionFacts } from './distribution-facts';
import { type Finding, unchecked, type Verdict } from './finding';

/** Everything about a distribution that a mirror invalidates: one line for each check, in every state. */
export function checkDistribution(facts: DistributionFacts): Finding[] {
  const { settings } = facts;
  const known = 'value' in settings ? settings.value : undefined;
  const why = 'value' in settings ? 'there is no such distribution' : settings.unknown;
  const lastTold = checkLastTold(facts);
  const verdicts: [string, Verdict][] = [
    ['existence', checkExistence(facts)],
    ...Object.entries(DISTRIBUTION_CHECKS).map(([name, check]): [string, Verdict] => [
      name,
      known ? check(facts, known) : unchecked(why),
    ]),
    ...(lastTold ? [['last-invalidation', lastTold] as [string, Verdict]] : []),
  ];
  return verdicts.map(([name, verdict]) => ({ check: `distribution.${name}`, about: facts.id, ...verdict }));
}
