import type { Host } from '../ports/host';
import type { BucketsOfRun } from '../ports/worlds';

/** Names the servers of a run, to note what they lack. AWS lacks nothing. */
export function placeOfLacks<Place extends Pick<Host, 'worlds' | 'trustsListings' | 'endpoint'>>(
  run: BucketsOfRun,
  host: Place,
): Place {
  const sides = host.worlds?.describe(run);
  if (!sides) return host;
  const trustsListings = sides.source.isAws && sides.destination.isAws;
  return { ...host, trustsListings, endpoint: JSON.stringify([sides.source.endpoint, sides.destination.endpoint]) };
}
