import type { EstimatedCost, FinishedPhase } from '../../statemachine/contract';
import { PRICES } from './prices';
import type { SidesOfRun } from './worlds';

const GIB = 1024 ** 3;

/**
 * Adds what AWS charges for the bytes that left it, if they went through a machine.
 *
 * | source | destination | copied by | for each byte |
 * | ------ | ----------- | --------- | ------------- |
 * | AWS | elsewhere | any machine | transfer out to the internet |
 * | AWS | AWS, other credentials | a machine at home | the same |
 * | AWS | AWS, other credentials | Lambda | nothing within a region; between regions it is not included |
 * | elsewhere | any | any | nothing on AWS |
 */
export function addStreams(
  cost: EstimatedCost,
  phases: readonly FinishedPhase[],
  sides: SidesOfRun | undefined,
  isDeployed: boolean,
): EstimatedCost {
  if (!sides?.streams) return cost;
  const { source, destination } = sides;
  const writing = phases.filter(({ name }) => name !== 'plan' && name !== 'verify');
  const bytes = writing.reduce((sum, { copy }) => sum + copy.counters.copiedBytes, 0);
  const leaves = source.isAws && !(destination.isAws && isDeployed);
  const usd = leaves ? Math.round((bytes / GIB) * PRICES.transferOutGib * 1e6) / 1e6 : 0;
  const isAllAws = source.isAws && destination.isAws;
  return {
    ...cost,
    total: Math.round((cost.total + usd) * 1e6) / 1e6,
    items: { ...cost.items, ...(usd > 0 && { transferOut: usd }) },
    notIncluded: [...(cost.notIncluded ?? []), ...(isAllAws ? [] : ['what the other S3 charges'])],
  };
}
