import { setImmediate } from 'node:timers/promises';
import type { BucketReader, ObjectPage, PageRequest } from '../../../lambdas/engine/ports/bucket-reader';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { type SharedWalk, walkRanges } from '../../../lambdas/engine/walk/walk';
import type { ContinuationToken } from '../../../statemachine/contract';
import { ChangingSide, listedObject } from '../../support/changing-side';
import { ListOnly } from '../../support/list-only';

type Answer = (request: PageRequest, number: number) => ObjectPage | Promise<ObjectPage>;

/** A side whose every page is up to the test; `requests` has what it was asked for. */
function side(answer: Answer): BucketReader & { readonly requests: PageRequest[] } {
  const requests: PageRequest[] = [];
  const listPage = async (request: PageRequest) => answer(request, requests.push(request));
  return Object.assign(new ListOnly(), { requests, listPage });
}

function page(keys: readonly string[], next?: string): ObjectPage {
  return { objects: keys.map(listedObject), ...(next !== undefined && { next }) };
}

/** What a delete loop would take for orphans. */
async function findOrphans(destination: BucketReader, source: BucketReader): Promise<string[]> {
  const orphans: string[] = [];
  const ends = await walkRanges([{}], {
    walked: destination,
    other: source,
    proveAbsence: true,
    walkers: 1,
    cutLimits: CUT_LIMITS.laterRound,
    createVisitor: () => ({
      visit({ key }, counterpart) {
        if (!counterpart) orphans.push(key);
        return undefined;
      },
    }),
    shouldStop: () => false,
  });
  expect(ends).toEqual([{ begun: true }]);
  return orphans;
}

/**
 * S3 gives short or empty pages where it passes over delete markers; such a page covers keys behind its last one.
 * Here `m` is put on both sides when that part of the source has been listed, and before the destination's is.
 */
it.each<[string, string[], string[]]>([
  ['an empty page', ['b'], []],
  ['a page behind its last key', ['b'], ['c']],
  ['the first page of all', [], []],
])(
  'does not take a key for an orphan that was put where %s had been listed before',
  async (_what, ahead, shortPage) => {
    // Given
    let put = false;
    const sourceListed = Promise.withResolvers<void>();
    const destination = side(async (_request, number) => {
      if (number === 1) return page(['d'], 'more'); // makes the walk ask the source for what is at or before `d`
      await sourceListed.promise;
      put = true;
      return page(['m', 'z']);
    });
    const source = side(async ({ startAfter = '', continuation }) => {
      if (continuation === 'behind n') return page(['z']);
      if (startAfter === '' && continuation === undefined && ahead.length > 0) return page(ahead, 'short');
      if (startAfter !== '') return page(['d', 'm', 'z'].filter((key) => key > startAfter && (key !== 'm' || put)));
      sourceListed.resolve();
      await setImmediate(); // its answer is on the way while the destination's next page comes in
      return page(shortPage, 'behind n');
    });

    // When
    const orphans = await findOrphans(destination, source);

    // Then
    expect(put).toBe(true);
    expect(orphans).not.toContain('m');
  },
);

it('does not take a key for an orphan that was put on both sides between two rounds, after the first one had listed the source', async () => {
  // Given a stretch of the source without keys that a round cannot pass
  const letters = [...'abcdefghijklmnopqrstuvwxy'];
  const destination = new ChangingSide(new Set(['z', 'zz']), new Set(), 10);
  const source = new ChangingSide(new Set(['zz']), new Set(letters), 2);
  const orphans: string[] = [];
  const walk = (tokens: readonly ContinuationToken[], pages: number) => {
    const until = source.requests.length + pages;
    const options: SharedWalk = {
      walked: destination,
      other: source,
      proveAbsence: true,
      walkers: 1,
      cutLimits: CUT_LIMITS.laterRound,
      createVisitor: () => ({ visit: ({ key }, found) => void (found || orphans.push(key)) }),
      shouldStop: () => source.requests.length >= until,
    };
    return walkRanges(tokens, options);
  };
  const [first] = await walk([{}], 6);

  // When
  for (const side of [source, destination]) side.keys.add('c').add('m');
  const ends = await walk([first?.remainder ?? {}], 1000);

  // Then
  expect(first).toEqual({ begun: false, remainder: { listing: { other: 'l' } } });
  expect(ends).toEqual([{ begun: true }]);
  expect(orphans).toEqual(['z']);
});
