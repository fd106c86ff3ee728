import type { EstimatedCost, FinishedPhase } from '../../../statemachine/contract';
import type { SidesOfRun } from '../ports/worlds';
import { copiedGib, roundUsd } from './estimate-cost';
import { transferGib, transferOut } from './prices';

interface RunOfStreams {
  readonly sourceRegion: string;
  readonly destinationRegion: string;
  readonly isDeployed: boolean;
}

/**
 * Adds what AWS charges for bytes that left it and went through a machine. Bytes that come to AWS are free.
 *
 * | source | destination | copied by | for each byte |
 * | ------ | ----------- | --------- | ------------- |
 * | AWS | elsewhere | any machine | transfer out to the internet |
 * | AWS | AWS, other credentials | a machine at home | the same |
 * | AWS | AWS, other credentials | Lambda | nothing within a region, else transfer to another region |
 * | elsewhere | any | any | nothing on AWS |
 */
export function addStreams(
  cost: EstimatedCost,
  phases: readonly FinishedPhase[],
  sides: SidesOfRun | undefined,
  { sourceRegion, destinationRegion, isDeployed }: RunOfStreams,
): EstimatedCost {
  if (!sides?.streams) return cost;
  const { source, destination } = sides;
  const isAllAws = source.isAws && destination.isAws;
  const gib = source.isAws ? copiedGib(phases) : 0;
  const between = isAllAws && isDeployed ? roundUsd(gib * transferGib(sourceRegion, destinationRegion)) : 0;
  const out = isAllAws && isDeployed ? 0 : roundUsd(transferOut(gib, sourceRegion));
  return {
    ...cost,
    total: roundUsd(cost.total + between + out),
    items: { ...cost.items, ...(between > 0 && { s3Transfer: between }), ...(out > 0 && { transferOut: out }) },
    notIncluded: [...(cost.notIncluded ?? []), ...(isAllAws ? [] : ['what the other S3 charges'])],
  };
}
