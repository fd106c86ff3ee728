import { VirtualClock } from '../../../bench/scale/virtual-clock';
import type { BucketReader, PageRequest } from '../../../lambdas/engine/ports/bucket-reader';
import { CUT_LIMITS } from '../../../lambdas/engine/walk/cut-budget';
import { walkRanges } from '../../../lambdas/engine/walk/walk';
import { KEY_DISTRIBUTIONS } from '../../support/key-distributions';
import { KeyList } from '../../support/key-list';

const PAGES = 200;
const PAGE_SIZE = 60;
const LIST_MS = 80;
const WALKERS = 16;

const distributions: typeof KEY_DISTRIBUTIONS = {
  ...KEY_DISTRIBUTIONS,
  'nearly all keys in one folder': (index, count) =>
    index < count / 20 ? `${'abcefghi'[index % 8]}/${index}` : `data/2025/${KEY_DISTRIBUTIONS.UUIDs?.(index, count)}`,
};

/** A side that answers each list request after the time that S3 takes. */
function slowly(list: KeyList, clock: VirtualClock): BucketReader {
  return Object.create(list, {
    listPage: {
      async value(request: PageRequest) {
        await clock.sleep(LIST_MS);
        return list.listPage(request);
      },
    },
  });
}

describe.each(Object.entries(distributions))('one function walks %s', (_name, make) => {
  it('in a third of the time that one walker takes, for three tenths more list requests', async () => {
    // Given
    const count = PAGES * PAGE_SIZE;
    const list = new KeyList(
      Array.from({ length: count }, (_, index) => make(index, count)),
      PAGE_SIZE,
    );
    const clock = new VirtualClock();
    const side = slowly(list, clock);
    let visited = 0;

    // When
    const ends = await clock.run(
      walkRanges([{}], {
        walked: side,
        other: side,
        proveAbsence: false,
        walkers: WALKERS,
        cutLimits: CUT_LIMITS.firstRound,
        createVisitor: () => ({
          visit() {
            visited += 1;
            return undefined;
          },
        }),
        shouldStop: () => false,
      }),
    );

    // Then
    const pages = Math.ceil(list.size / PAGE_SIZE);
    expect(ends.filter(({ remainder }) => remainder)).toEqual([]);
    expect(visited).toBe(list.size);
    expect(clock.now).toBeLessThanOrEqual((pages * LIST_MS) / 3);
    expect(list.requests).toBeLessThanOrEqual(1.3 * 2 * pages);
  });

  it('and a destination with an orphan for each of them, in three quarters of the time, although the source is small', async () => {
    const count = 20 * PAGE_SIZE;
    const keys = Array.from({ length: count }, (_, index) => make(index, count));
    const clock = new VirtualClock();
    const source = new KeyList(keys, PAGE_SIZE);
    const destination = new KeyList(
      keys.flatMap((key) => [key, `${key}.old`]),
      PAGE_SIZE,
    );
    let visited = 0;
    const visit = () => {
      visited += 1;
      return undefined;
    };

    await clock.run(
      walkRanges([{}], {
        walked: slowly(source, clock),
        other: slowly(destination, clock),
        proveAbsence: false,
        walkers: WALKERS,
        cutLimits: CUT_LIMITS.firstRound,
        createVisitor: () => ({ visit, visitOther: visit }),
        shouldStop: () => false,
      }),
    );

    expect(visited).toBe(destination.size);
    expect(clock.now).toBeLessThanOrEqual((destination.size / PAGE_SIZE) * LIST_MS * 0.75);
  });
});

it('asks both sides for their first page at once if it visits the objects of both', async () => {
  const clock = new VirtualClock();
  const sideOf = (keys: readonly string[]): BucketReader => {
    const list = new KeyList(keys, PAGE_SIZE);
    return Object.create(list, {
      listPage: {
        async value(request: PageRequest) {
          await clock.sleep(LIST_MS);
          return list.listPage(request);
        },
      },
    });
  };
  const visited: string[] = [];

  await clock.run(
    walkRanges([{}], {
      walked: sideOf(['a', 'b']),
      other: sideOf(['b', 'c']),
      proveAbsence: false,
      walkers: WALKERS,
      cutLimits: CUT_LIMITS.firstRound,
      createVisitor: () => ({
        visit: ({ key }, counterpart) => void visited.push(counterpart ? `${key}=` : key),
        visitOther: ({ key }) => void visited.push(`+${key}`),
      }),
      shouldStop: () => false,
    }),
  );

  expect(visited).toEqual(['a', 'b=', '+c']);
  expect(clock.now).toBe(LIST_MS);
});
