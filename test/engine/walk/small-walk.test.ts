import { VirtualClock } from '../../../bench/scale/virtual-clock';
import type { BucketReader, PageRequest } from '../../../lambdas/engine/ports/bucket-reader';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import { KEY_DISTRIBUTIONS } from '../../support/key-distributions';
import { KeyList } from '../../support/key-list';

const PAGE_SIZE = 60;
const WALKERS = 16;

/** Beside a tenth of what one walker takes. */
const MOST_MORE = 5;

/** Milliseconds until a server answers its request of this number. */
const SERVERS: Readonly<Record<string, (request: number, side: number) => number>> = {
  'as fast as S3': () => 80,
  slow: () => 5_000,
  'at uneven times': (request) => 20 + ((request * 7919) % 400),
  'of which the destination is slower': (_request, side) => (side === 0 ? 40 : 300),
};

async function countRequests(
  keys: readonly string[],
  delayOf: (request: number, side: number) => number,
  plans: boolean,
) {
  const clock = new VirtualClock();
  const lists = [new KeyList(keys, PAGE_SIZE), new KeyList(keys, PAGE_SIZE)];
  const [walked, other] = lists.map((list, index) => {
    const listPage = async (request: PageRequest) => {
      await clock.sleep(delayOf(list.requests, index));
      return list.listPage(request);
    };
    return Object.create(list, { listPage: { value: listPage } }) as BucketReader;
  }) as [BucketReader, BucketReader];
  const visited: string[] = [];
  const visitor = {
    visit: ({ key }: { key: string }) => void visited.push(key),
    ...(plans && { visitOther: ({ key }: { key: string }) => void visited.push(key) }),
  };
  const walk = { walked, other, walkers: WALKERS, cutLimits: CUT_LIMITS.firstRound, shouldStop: () => false };
  await clock.run(walkRanges([{}], { ...walk, proveAbsence: false, createVisitor: () => visitor }));
  return { requests: lists.reduce((sum, { requests }) => sum + requests, 0), visited: visited.length };
}

describe.each(Object.entries(KEY_DISTRIBUTIONS))('a small bucket of %s', (_name, make) => {
  it.each(Object.entries(SERVERS))(
    'takes few more list requests than it has pages, from servers %s',
    async (_, delayOf) => {
      for (const pages of [1, 3, 5, 7, 10, 14, 17, 20]) {
        for (const plans of [false, true]) {
          const count = pages * PAGE_SIZE - 7;
          const keys = [...new Set(Array.from({ length: count }, (_key, index) => make(index, count)))];
          const { requests, visited } = await countRequests(keys, delayOf, plans);

          const least = 2 * Math.ceil(keys.length / PAGE_SIZE);
          expect(visited).toBe(keys.length);
          expect({ pages, plans, more: Math.max(MOST_MORE, requests - least - Math.ceil(least / 10)) }).toEqual({
            ...{ pages, plans },
            more: MOST_MORE,
          });
        }
      }
    },
  );
});
