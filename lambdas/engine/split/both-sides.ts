import { compareKeys } from '../keys/compare-keys';
import { upTo } from '../keys/key-range';
import type { BucketReader, ObjectPage, PageRequest } from '../ports/bucket-reader';

type Side = Pick<BucketReader, 'listPage'>;
/** What to ask each side for next; undefined: it is listed to its end. */
type Requests = readonly [PageRequest | undefined, PageRequest | undefined];

/** Lists the keys of two sides as if they were one, to find places to cut a walk over both. Each page takes a request to each. */
export class BothSides implements Side {
  constructor(
    private readonly one: Side,
    private readonly other: Side,
  ) {}

  /** @throws ListingError */
  async listPage(request: PageRequest): Promise<ObjectPage> {
    const [first, second] = requestsOf(request);
    const [one, other] = await Promise.all([listOf(this.one, first), listOf(this.other, second)]);
    const isWhole = one.next === undefined && other.next === undefined;
    const known = [one, other].map(showsUpTo);
    if (known.includes(null)) return { objects: [], next: JSON.stringify([goOn(one, first), goOn(other, second)]) };
    const bound = known.filter((key) => typeof key === 'string').sort(compareKeys)[0];
    const objects = merge(upToBound(one, bound), upToBound(other, bound));
    return isWhole ? { objects } : { objects, next: JSON.stringify([goOn(one, first), goOn(other, second)]) };
  }
}

function requestsOf(request: PageRequest): Requests {
  return request.continuation === undefined ? [request, request] : (JSON.parse(request.continuation) as Requests);
}

async function listOf(side: Side, request: PageRequest | undefined): Promise<ObjectPage> {
  return request ? side.listPage(request) : { objects: [] };
}

/** The key up to which a page shows everything; undefined: to the end; null: it shows no key, and there may be some. */
function showsUpTo({ objects, next }: ObjectPage): string | undefined | null {
  return next === undefined ? undefined : (objects.at(-1)?.key ?? null);
}

/** Only a page without keys is passed; any other is asked for again, as the other side may not have come as far. */
function goOn({ objects, next }: ObjectPage, request: PageRequest | undefined): PageRequest | undefined {
  return objects.length === 0 && next !== undefined ? { continuation: next } : request;
}

function upToBound({ objects }: ObjectPage, bound: string | undefined): ObjectPage['objects'] {
  return bound === undefined ? objects : upTo(bound, objects);
}

/** In order, each key once. */
function merge(one: ObjectPage['objects'], other: ObjectPage['objects']): ObjectPage['objects'] {
  const sorted = [...one, ...other].sort((a, b) => compareKeys(a.key, b.key));
  return sorted.filter(({ key }, index) => key !== sorted[index - 1]?.key);
}
