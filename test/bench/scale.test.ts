import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { priceByClass } from '../../bench/scale/class-costs';
import { findMistake, listFloor } from '../../bench/scale/expected';
import { historyEvents } from '../../bench/scale/history';
import { KeySpace } from '../../bench/scale/key-space';
import { lambdaHeap } from '../../bench/scale/lambda-heap';
import { runVirtual } from '../../bench/scale/run-virtual';
import { LIMITS, Sandboxes, SimulatedAws } from '../../bench/scale/simulated-aws';
import { VirtualBucket } from '../../bench/scale/virtual-bucket';
import { VirtualClock } from '../../bench/scale/virtual-clock';
import { virtualHosts } from '../../bench/scale/virtual-host';
import { VirtualIndex } from '../../bench/scale/virtual-index';
import { NO_CONDITIONS } from '../../bench/scale/virtual-side';
import { OrderedIndex } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';

const SETTINGS = { [ENVIRONMENT.roundBudgetsMs]: '60000' };
const VIRTUAL = { keys: 5500, changedEvery: 100, orphanEvery: 70 };

describe('a key space', () => {
  it('is in order, and finds back what it computed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1e9 }), fc.double({ min: 0, max: 1, noNaN: true }), (size, place) => {
        const keys = new KeySpace(size);
        const index = Math.min(size - 2, Math.floor(place * size));

        expect(keys.keyAt(index) < keys.keyAt(index + 1)).toBe(true);
        expect(keys.indexAfter(keys.keyAt(index))).toBe(index + 1);
        expect(keys.indexAfter(`${keys.keyAt(index)}!`)).toBe(index + 1);
      }),
    );
  });
});

describe('the index of a virtual bucket', () => {
  it.each(['source', 'destination'] as const)('lists like one that stores the same keys: %s', (side) => {
    const bucket = new VirtualBucket(VIRTUAL, side);
    const computed = new VirtualIndex(bucket, () => new Date(0));
    const stored = new OrderedIndex();
    for (const record of computed.after('')) stored.set(record);

    expect(stored.size).toBe(bucket.objects);
    for (const after of ['', bucket.keys.keyAt(7), `${bucket.keys.keyAt(5000)}+`, 'zzz']) {
      expect([...computed.after(after)].map(({ key }) => key)).toEqual([...stored.after(after)].map(({ key }) => key));
    }
  });
});

describe('the heap of the measured process', () => {
  it('is divided as Lambda divides the heap of a function', () => {
    expect(lambdaHeap(1792)).toEqual(['--max-semi-space-size=89', '--max-old-space-size=1613']);
  });

  it('is what V8 then keeps to', () => {
    const limit = "require('node:v8').getHeapStatistics().heap_size_limit / 1024 ** 2";
    const output = execFileSync(process.execPath, [...lambdaHeap(512), '--print', limit], { encoding: 'utf8' });

    expect(Number(output)).toBeGreaterThanOrEqual(461);
    expect(Number(output)).toBeLessThanOrEqual(461 + 3 * 32); // V8 rounds a half of the young up to a power of two
  });
});

describe('a run over virtual buckets', () => {
  const run = (virtual = VIRTUAL) =>
    runVirtual(virtualHosts({ virtual, settings: SETTINGS, now: Date.now, conditions: () => NO_CONDITIONS }));

  it('finds each difference with few list requests', async () => {
    const { summary, rounds, stateBytes } = await run();

    expect(findMistake(VIRTUAL, summary)).toBeUndefined();
    expect(summary.totals.requests.list).toBeGreaterThanOrEqual(listFloor(VIRTUAL));
    expect(summary.totals.requests.list).toBeLessThan(2 * listFloor(VIRTUAL));
    // one for the plan, and one to apply it
    expect(rounds).toEqual({ copy: 2, delete: 1 });
    expect(stateBytes).toBeGreaterThan(500);
  });

  it('is wrong if a difference was missed', async () => {
    const { summary } = await run();

    expect(findMistake({ ...VIRTUAL, changedEvery: 50 }, summary)).toMatch(/^copied: /);
  });

  it('takes as long as the limits of AWS make it, in simulated time', async () => {
    const clock = new VirtualClock();
    const aws = new SimulatedAws(clock);
    const conditions = () => aws.conditions(10);
    const hosts = virtualHosts({ virtual: VIRTUAL, settings: SETTINGS, now: () => clock.now, conditions });

    const { summary } = await clock.run(
      runVirtual(hosts, (task, invoke) =>
        task === 'CopyRange' || task === 'DeleteRange' ? aws.invoke(task, 1, invoke) : invoke(),
      ),
    );

    const pages = listFloor(VIRTUAL, 10) / 2;
    expect(findMistake(VIRTUAL, summary)).toBeUndefined();
    expect(clock.now).toBeGreaterThan(pages * 2 * LIMITS.cpuMsPerPage);
    expect(clock.now).toBeLessThan(pages * 4 * (LIMITS.listMs + LIMITS.copyMs) + LIMITS.coldStartMs);
  });
});

describe('simulated time', () => {
  it('wakes everybody up in order, at the moment each one asked for', async () => {
    const clock = new VirtualClock();
    const woken: string[] = [];
    const sleeper = async (name: string, naps: readonly number[]) => {
      for (const nap of naps) {
        await clock.sleep(nap);
        woken.push(`${name} ${clock.now}`);
      }
    };

    await clock.run(Promise.all([sleeper('a', [100, 50]), sleeper('b', [120]), sleeper('c', [0, 3_600_000])]));

    expect(woken).toEqual(['c 0', 'a 100', 'b 120', 'a 150', 'c 3600000']);
  });

  it('passes an error on', async () => {
    await expect(new VirtualClock().run(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it.each([
    ['starts no more children in a second than Step Functions does', 201, 0, LIMITS.mapOverheadMs + 2000],
    ['runs no more at once than Lambda does', LIMITS.concurrency + 1, 60_000, LIMITS.mapOverheadMs + 2 * 60_000],
  ])('%s', async (_, invocations, workMs, atLeastMs) => {
    const clock = new VirtualClock();
    const aws = new SimulatedAws(clock);
    const invoke = () => aws.invoke('CopyRange', invocations, () => clock.sleep(workMs));

    await clock.run(Promise.all(Array.from({ length: invocations }, invoke)));

    expect(clock.now).toBeGreaterThanOrEqual(atLeastMs);
    expect(aws.peakConcurrency).toBeLessThanOrEqual(LIMITS.concurrency);
  });
});

describe('the simulated services', () => {
  async function takes(ranges: number, rounds = 1): Promise<number> {
    const clock = new VirtualClock();
    const aws = new SimulatedAws(clock);
    const round = () =>
      Promise.all(Array.from({ length: ranges }, () => aws.invoke('CopyRange', ranges, async () => {})));
    const all = async () => {
      for (let index = 0; index < rounds; index++) await round();
    };
    await clock.run(all());
    return clock.now;
  }

  it('take seven seconds for a Distributed Map, and none for a Task alone', async () => {
    expect(await takes(1)).toBe(LIMITS.coldStartMs);
    expect(await takes(2)).toBe(LIMITS.mapOverheadMs + 1000 / LIMITS.childrenPerSecond + LIMITS.coldStartMs);
  });

  it('start a sandbox cold once', async () => {
    expect(await takes(1, 5)).toBe(LIMITS.coldStartMs);
  });

  it.each([
    [1000, 0],
    [1001, 10],
    [2000, 10_000],
    [3000, 20_000],
  ])('make %d sandboxes of a function within %d ms', async (count, atMs) => {
    const clock = new VirtualClock();
    const sandboxes = new Sandboxes(clock);

    await clock.run(Promise.all(Array.from({ length: count }, () => sandboxes.take())));

    expect(clock.now).toBe(atMs + LIMITS.coldStartMs);
  });

  it('cost more if copies go into another class, or a key encrypts them', () => {
    const costs = new Map(priceByClass(10, 1_000_000).map((cost) => [cost.storageClass, cost]));

    expect(costs.get('STANDARD')).toMatchObject({ usd: 10, kmsUsd: 13 });
    expect(costs.get('STANDARD_IA')?.usd).toBeCloseTo(15, 6);
    expect(costs.get('DEEP_ARCHIVE')?.usd).toBeCloseTo(55, 6);
  });
});

describe('the history of the parent execution', () => {
  it('grows by the same number of events with each round', () => {
    const events = (copy: number) => historyEvents({ copy, delete: 1 });

    expect(events(2) - events(1)).toBe(13); // Choice 2, Map 6, Task 5
    expect(events(11) - events(1)).toBe(130);
    expect(historyEvents({ copy: 2, delete: 1 }, { copy: 1, delete: 0 }) - events(1)).toBe(12); // a Task and no Map
    expect(events(1)).toBe(2 + 3 * 5 + 3 * 2 + 2 + 4 + 2 * (13 + 2 + 2));
  });
});
