import type { EstimatedCost, FinishedPhase } from '../../../statemachine/contract';
import type { SidesOfRun } from '../ports/worlds';
import { copiedGib, roundUsd } from './estimate-cost';
import { PRICES } from './prices';

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
  const leaves = source.isAws && !(destination.isAws && isDeployed);
  const usd = leaves ? roundUsd(copiedGib(phases) * PRICES.transferOutGib) : 0;
  const isAllAws = source.isAws && destination.isAws;
  return {
    ...cost,
    total: roundUsd(cost.total + usd),
    items: { ...cost.items, ...(usd > 0 && { transferOut: usd }) },
    notIncluded: [...(cost.notIncluded ?? []), ...(isAllAws ? [] : ['what the other S3 charges'])],
  };
}
