import type { SyncInput } from '../../statemachine/contract';
import { keyFilter } from './key-filter';
import type { Buckets, ListedObject, ObjectSource } from './object-store';

/** An object of each side to try requests on. */
export interface Samples {
  readonly source?: ListedObject;
  readonly destination?: ListedObject;
}

/** The first object of each side, whether it takes part or not. */
export async function findFirst({ source, destination }: Buckets, input: SyncInput): Promise<Samples> {
  const [there, here] = await Promise.all([firstOf(source, input), firstOf(destination, input)]);
  return { source: there, destination: here };
}

/** Objects that take part: the first ones, or where the filters leave those out, others of the next page. */
export async function findSamples(buckets: Buckets, first: Samples, input: SyncInput): Promise<Samples> {
  const [source, destination] = await Promise.all([
    takingPart(buckets.source, first.source, input),
    takingPart(buckets.destination, first.destination, input),
  ]);
  return { source, destination };
}

/** The object that is named like the folder itself is no content: it is what is left of a folder that was emptied. */
async function firstOf(side: ObjectSource, { startAfter = '' }: SyncInput): Promise<ListedObject | undefined> {
  let page = await side.listPage({ startAfter, maxKeys: 1 });
  while (page.objects.length === 0 && page.next !== undefined) {
    page = await side.listPage({ continuation: page.next, maxKeys: 1 });
  }
  return page.objects[0];
}

async function takingPart(side: ObjectSource, first: ListedObject | undefined, input: SyncInput) {
  const takesPart = keyFilter(input);
  if (!first || takesPart(first.key)) return first;
  const { objects } = await side.listPage({ startAfter: first.key });
  return objects.find(({ key }) => takesPart(key));
}
