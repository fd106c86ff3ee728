import type { EstimatedCost, Invalidation } from '../../../statemachine/contract';
import { roundUsd } from './estimate-cost';
import { PRICES } from './prices';

/** Adds what CloudFront charges for paths, without those that are free. */
export function addInvalidation(
  cost: EstimatedCost,
  invalidation: Pick<Invalidation, 'paths'> | undefined,
): EstimatedCost {
  const usd = (invalidation?.paths ?? 0) * PRICES.invalidationPath;
  if (usd === 0) return cost;
  return {
    ...cost,
    total: roundUsd(cost.total + usd),
    items: { ...cost.items, invalidation: roundUsd(usd) },
  };
}
