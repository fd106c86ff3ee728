import type { BucketReader, ObjectPage, PageRequest } from '../../../lambdas/engine/ports/bucket-reader';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import { ListingError } from '../../../statemachine/errors';
import { listedObject } from '../../support/changing-side';
import { ListOnly } from '../../support/list-only';

/** Returns the given pages, whatever they contain. Throws an error that stands in place of a page. */
class Pages extends ListOnly implements BucketReader {
  readonly requests: PageRequest[] = [];

  constructor(private readonly pages: readonly (readonly string[] | Error)[]) {
    super();
  }

  async listPage(request: PageRequest): Promise<ObjectPage> {
    this.requests.push(request);
    const index = Number(request.continuation ?? 0);
    const page = this.pages[index] ?? [];
    if (page instanceof Error) throw page;
    const last = index >= this.pages.length - 1;
    return { objects: page.map(listedObject), ...(!last && { next: String(index + 1) }) };
  }
}

interface Options {
  readonly range?: { after?: string; until?: string };
  readonly proveAbsence?: boolean;
  readonly stopAfter?: number;
}

async function run(walked: Pages, other: Pages, { range = {}, proveAbsence = false, stopAfter }: Options = {}) {
  const visits: string[] = [];
  let asked = 0;
  const [end] = await walkRanges([range], {
    walked,
    other,
    proveAbsence,
    walkers: 1,
    cutLimits: CUT_LIMITS.laterRound,
    createVisitor: () => ({
      visit({ key }, counterpart) {
        visits.push(counterpart ? `${key}=` : key);
        return undefined;
      },
    }),
    shouldStop: () => stopAfter !== undefined && ++asked >= stopAfter,
  });
  return { visits, end };
}

it('visits every object once and finds its counterpart across page boundaries', async () => {
  const { visits, end } = await run(new Pages([['a', 'b'], ['c'], ['d', 'f']]), new Pages([['b'], ['c', 'd'], ['e']]));
  expect(visits).toEqual(['a', 'b=', 'c=', 'd=', 'f']);
  expect(end).toEqual({ begun: true });
});

it.each<[string, string[][]]>([
  ['is out of order within a page', [['a', 'c', 'b'], ['d']]],
  ['is out of order between pages', [['a', 'c'], ['b']]],
  [
    'repeats a key',
    [
      ['a', 'b'],
      ['b', 'c'],
    ],
  ],
  [
    'repeats a page',
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  ],
  ['is in UTF-16 order', [['\u{1f600}'], ['\uffff']]],
])('ends with a ListingError if a listing %s, on either side', async (_what, pages) => {
  const far = new Pages([['\u{10ffff}'], []]);
  for (const { end } of [await run(new Pages(pages), far), await run(far, new Pages(pages))]) {
    expect(end?.remainder).toBeDefined();
    expect(end?.error).toBeInstanceOf(ListingError);
  }
});

it('does not take a listing that begins at or before the range for its beginning', async () => {
  const { visits, end } = await run(new Pages([['a', 'b'], ['c']]), new Pages([[], []]), { range: { after: 'a' } });
  expect(visits).toEqual([]);
  expect(end?.error).toBeInstanceOf(ListingError);
});

it('passes over an empty page that has a next one, on both sides', async () => {
  const { visits } = await run(new Pages([[], ['a'], [], ['b']]), new Pages([[], [], ['b'], []]));
  expect(visits).toEqual(['a', 'b=']);
});

it('stops at the end of the range, and asks for no page behind it', async () => {
  const walked = new Pages([['a', 'b', 'c'], ['d']]);
  const { visits, end } = await run(walked, new Pages([['b', 'x'], ['y']]), { range: { until: 'b' } });
  expect(visits).toEqual(['a', 'b=']);
  expect(end).toEqual({ begun: true });
  expect(walked.requests).toHaveLength(1);
});

it('keeps what it decided when the walked side cannot be listed further', async () => {
  const { visits, end } = await run(new Pages([['a', 'b'], new ListingError('no'), []]), new Pages([['b'], ['z']]));
  expect(visits).toEqual(['a', 'b=']);
  expect(end).toMatchObject({ remainder: { after: 'b' }, error: expect.any(ListingError) });
});

it('visits nothing that the other side was not listed for', async () => {
  const { visits, end } = await run(
    new Pages([['a', 'b', 'c'], ['d']]),
    new Pages([['a'], new ListingError('no'), []]),
  );
  expect(visits).toEqual(['a=']);
  expect(end).toMatchObject({ remainder: { after: 'a' }, error: expect.any(ListingError) });
});

it('gets on through a long run of keys that only the other side has, however often it is stopped', async () => {
  const other = new Pages([['a', 'b'], ['c', 'd'], ['e'], ['z']]);
  const { visits, end } = await run(new Pages([['z'], []]), other, { stopAfter: 1 });
  expect(visits).toEqual([]);
  expect(end).toEqual({ begun: true, remainder: { after: 'b' } });
});

/** Lists its keys as S3 does, two on a page. */
class Listing extends Pages {
  constructor(private readonly keys: readonly string[]) {
    super([]);
  }

  override async listPage(request: PageRequest): Promise<ObjectPage> {
    this.requests.push(request);
    const after = request.continuation ?? request.startAfter;
    const rest = after === undefined ? this.keys : this.keys.filter((key) => key > after);
    const page = rest.slice(0, 2);
    return { objects: page.map(listedObject), ...(rest.length > 2 && { next: page[1] }) };
  }
}

it('asks the other side again if its page is older than the current object', async () => {
  const other = new Listing(['a', 'y', 'z']);
  const { visits } = await run(new Listing(['a', 'b', 'c', 'd', 'e', 'f']), other, { proveAbsence: true });
  expect(visits).toEqual(['a=', 'b', 'c', 'd', 'e', 'f']);
  // once to begin with, and once for the third page of the walked side, which was asked for later
  expect(other.requests).toEqual([{ startAfter: undefined }, { startAfter: 'd' }]);
});

it('asks for no page twice if both sides are equal', async () => {
  const keys = ['a', 'b', 'c', 'd', 'e'];
  const [walked, other] = [new Listing(keys), new Listing(keys)];
  const { visits } = await run(walked, other, { proveAbsence: true });
  expect(visits).toEqual(['a=', 'b=', 'c=', 'd=', 'e=']);
  expect([walked.requests.length, other.requests.length]).toEqual([3, 3]);
});
