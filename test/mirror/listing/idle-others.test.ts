import type { LoopState } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

/** Copies 60 objects, all that a first round does; the clock goes on by a tenth of a second whenever it is looked at. */
async function copyRounds(how: { othersIdle: boolean; large?: boolean; pageSize?: number; maxConcurrency?: number }) {
  const { othersIdle, large = false, pageSize = 10, maxConcurrency = 100 } = how;
  const { source, destination, input } = mirror.createPair();
  if (large) source.put('a', 'in parts', { lastModified: past, eTag: `${'0'.repeat(32)}-2` });
  for (let index = 0; index < 60; index++) source.put(`k${index}`, `content ${index}`, { lastModified: past });
  let now = Date.now();
  const host = {
    othersIdle: () => othersIdle,
    now: () => {
      now += 100;
      return now;
    },
    roundBudgetsMs: [600_000],
    rangesAtOnce: 3,
  };
  let rounds = 0;
  const summary = await mirror.run(
    { ...input, maxConcurrency },
    {
      pageSize,
      host,
      around: (task, _input, invoke) => {
        if (task === 'AdvanceCopy') rounds += 1;
        return invoke();
      },
    },
  );
  return { summary, rounds, equal: contentsOf(source).size === contentsOf(destination).size };
}

it('ends a round early if other Tasks have no work, so that they get a share', async () => {
  const { summary, rounds, equal } = await copyRounds({ othersIdle: true });

  expect(rounds).toBeGreaterThan(1);
  expect([summary.status, summary.totals.copied, equal]).toEqual(['succeeded', 60, true]);
});

it('has cut its range by then, so that nobody looks for places to cut while nothing is copied', async () => {
  const { source, input } = mirror.createPair();
  for (let index = 0; index < 1000; index++) {
    source.put(`site/${String(index).padStart(6, '0')}.html`, 'x', { lastModified: past });
  }
  let now = Date.now();
  const host = { othersIdle: () => true, now: () => (now += 4), roundBudgetsMs: [600_000], rangesAtOnce: 2 };
  let between = false;
  let probes = 0;
  mirror.s3.onRequest = ({ operation }) => {
    if (between && operation === 'ListObjectsV2') probes += 1;
    return undefined;
  };
  const left: number[] = [];

  const { status, totals } = await mirror.run(input, {
    pageSize: 10,
    host,
    around: async (task, _input, invoke) => {
      between = task === 'AdvanceCopy';
      const result = await invoke();
      if (between) left.push((result as LoopState).tokens.flat().length);
      between = false;
      return result;
    },
  });

  expect([status, totals.copied]).toEqual(['succeeded', 1000]);
  expect(left[0]).toBeGreaterThan(1);
  expect(probes).toBe(0);
});

it('does not end a round that only lists a small bucket, as each of its walkers would list pages again', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 200; index++) source.put(`k${index}`, 'x', { lastModified: past });
  for (let index = 0; index < 200; index++) destination.put(`k${index}`, 'x');
  let now = Date.now();
  const host = { othersIdle: () => true, now: () => (now += 100), roundBudgetsMs: [600_000], rangesAtOnce: 3 };

  for (const dryRun of [true, false]) {
    const { status, totals } = await mirror.run({ ...input, dryRun, delete: false }, { pageSize: 10, host });

    expect([status, totals.unchanged]).toEqual(['succeeded', 200]);
    expect(totals.requests.list).toBeLessThanOrEqual(1.1 * 2 * 20 + 5);
  }
});

it('works to the end of its budget while all other Tasks are working', async () => {
  const { summary, rounds, equal } = await copyRounds({ othersIdle: false });

  expect(rounds).toBe(1);
  expect([summary.status, summary.totals.copied, equal]).toEqual(['succeeded', 60, true]);
});

it.each([
  ['all that is left is at hand', { pageSize: 1000 }],
  ['no more ranges are allowed', { maxConcurrency: 1 }],
])('continues if %s, so that others would get nothing', async (_why, how) => {
  const { rounds, equal } = await copyRounds({ othersIdle: true, ...how });

  expect([rounds, equal]).toEqual([1, true]);
});

it('continues while it copies a large object, which nobody could share', async () => {
  // Given a copy that S3 does not answer before all others are done
  let others = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  mirror.s3.onRequest = async ({ operation, key }) => {
    if (operation !== 'CopyObject') return undefined;
    if (key === 'a') await promise;
    else if (++others === 60) resolve();
    return undefined;
  };

  const { summary, rounds, equal } = await copyRounds({ othersIdle: true, large: true });

  expect(rounds).toBe(1);
  expect([summary.status, summary.totals.copied, equal]).toEqual(['succeeded', 61, true]);
});
