import type { Host } from '../ports/host';
import type { BucketsOfRun } from '../ports/worlds';

/** Whether the server of a side is AWS: its list pages leave nothing out, and it obeys conditions. */
export function isAws(
  side: 'source' | 'destination',
  run: BucketsOfRun,
  { worlds, trustsListings }: Pick<Host, 'worlds' | 'trustsListings'>,
): boolean {
  return worlds?.describe(run)?.[side].isAws ?? trustsListings;
}
