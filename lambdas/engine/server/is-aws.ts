import type { SyncInput } from '../../../statemachine/contract';
import type { Host } from '../ports/host';

/** Whether the server of a side is AWS: its list pages leave nothing out, and it obeys conditions. */
export function isAws(
  side: 'source' | 'destination',
  { source, destination }: Pick<SyncInput, 'source' | 'destination'>,
  { worlds, trustsListings }: Pick<Host, 'worlds' | 'trustsListings'>,
): boolean {
  return worlds?.describe(source, destination)?.[side].isAws ?? trustsListings;
}
