import type { Run, SyncInput } from '../../../statemachine/contract';
import { runFilter } from '../keys/run-filter';
import { isContent } from '../listing/content';
import { listPages } from '../listing/list-pages';
import type { BucketReader, ListedObject, PageRequest } from '../ports/bucket-reader';
import type { Buckets } from '../ports/bucket-writer';
import type { Host } from '../ports/host';

/** An object of each side, to try requests on. */
export interface Samples {
  readonly source?: ListedObject;
  readonly destination?: ListedObject;
}

/** What was found on one side. Without an object, `isSure` says whether the side was listed to its end. */
export interface Found {
  readonly object?: ListedObject;
  readonly isSure: boolean;
}

/** How long `ValidateInput` looks for a first object: its function has 110 seconds, and more to do. */
const LOOK_MS = 20_000;

/** The first object of each side that is content, whether or not it takes part. */
export async function findFirst(
  { source, destination }: Buckets,
  { startAfter = '' }: SyncInput,
  host: Host,
): Promise<{ readonly source: Found; readonly destination: Found }> {
  const look = (side: BucketReader) => find(side, { request: { startAfter, maxKeys: 1 } }, isContent, host);
  const [there, here] = await Promise.all([look(source), look(destination)]);
  return { source: there, destination: here };
}

/** An object of each side that takes part: the first one, or, if the filters leave it out, another one of the next page. */
export async function findSamples(buckets: Buckets, first: Samples, run: Run, host: Host): Promise<Samples> {
  const [source, destination] = await Promise.all([
    takingPart(buckets.source, first.source, run, host),
    takingPart(buckets.destination, first.destination, run, host),
  ]);
  return { source, destination };
}

async function takingPart(side: BucketReader, first: ListedObject | undefined, run: Run, host: Host) {
  const takesPart = runFilter(run);
  if (!first || takesPart(first.key)) return first;
  const start = { request: { startAfter: first.key }, lastPage: (page: readonly ListedObject[]) => page.length > 0 };
  return (await find(side, start, (object) => isContent(object) && takesPart(object.key), host)).object;
}

interface Look {
  readonly request: PageRequest;
  /** Whether to stop after this page. */
  readonly lastPage?: (page: readonly ListedObject[]) => boolean;
}

async function find(
  side: BucketReader,
  { request, lastPage }: Look,
  matches: (object: ListedObject) => boolean,
  host: Host,
): Promise<Found> {
  const until = host.now() + LOOK_MS;
  for await (const { objects, next } of listPages(side, request)) {
    const object = objects.find(matches);
    if (object) return { object, isSure: true };
    if (next === undefined) break;
    if (lastPage?.(objects) || host.now() >= until) return { isSure: false };
  }
  return { isSure: true };
}
