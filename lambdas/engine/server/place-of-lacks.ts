import type { Host } from '../ports/host';

type Buckets = { readonly source: string; readonly destination: string };

/** Names the servers of a run, to note what they lack. AWS lacks nothing. */
export function placeOfLacks<Place extends Pick<Host, 'worlds' | 'trustsListings' | 'endpoint'>>(
  { source, destination }: Buckets,
  host: Place,
): Place {
  const sides = host.worlds?.describe(source, destination);
  if (!sides) return host;
  const trustsListings = sides.source.isAws && sides.destination.isAws;
  return { ...host, trustsListings, endpoint: JSON.stringify([sides.source.endpoint, sides.destination.endpoint]) };
}
