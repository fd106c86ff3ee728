import { AdaptiveConcurrency } from '../../../lambdas/engine/concurrency/adaptive-concurrency';

/** Runs tasks that all stay open until `release`, and records how many were open at once. */
class Load {
  open = 0;
  most = 0;
  readonly #gate = Promise.withResolvers<void>();

  readonly task = async () => {
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    await this.#gate.promise;
    this.open -= 1;
  };

  release(): void {
    this.#gate.resolve();
  }
}

const done = async () => {};

async function runMany(concurrency: AdaptiveConcurrency, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await concurrency.run(done);
  await concurrency.settled();
}

it('grows while S3 answers, and never beyond its limit', async () => {
  const concurrency = new AdaptiveConcurrency(100);
  expect(concurrency.current).toBe(16);
  await runMany(concurrency, 16);
  expect(concurrency.current).toBe(32);
  await runMany(concurrency, 1000);
  expect(concurrency.current).toBe(100);

  const load = new Load();
  for (let index = 0; index < 300; index++) void concurrency.run(load.task);
  await Promise.resolve();
  expect(load.open).toBe(100);
  load.release();
  await concurrency.settled();
  expect(load.most).toBe(100);
});

it('falls by half a place for each attempt that S3 turns away', async () => {
  const concurrency = new AdaptiveConcurrency(100);
  await runMany(concurrency, 1000);
  concurrency.slowDown();
  expect(concurrency.current).toBe(99);
  for (let refused = 1; refused < 100; refused++) concurrency.slowDown();
  expect(concurrency.current).toBe(50);
});

it('grows slowly after that, and faster the longer S3 turns nothing away', async () => {
  const concurrency = new AdaptiveConcurrency(1000);
  await runMany(concurrency, 84);
  concurrency.slowDown();
  concurrency.slowDown();
  const grown: number[] = [];
  for (let turns = 0; turns < 10; turns++) {
    const before = concurrency.current;
    await runMany(concurrency, before);
    grown.push(concurrency.current - before);
  }
  expect(grown).toEqual([0, 1, 3, 3, 5, 5, 7, 7, 9, 10]);
  await runMany(concurrency, 10_000);
  expect(concurrency.current).toBe(1000);
});

it('never falls below one', async () => {
  const concurrency = new AdaptiveConcurrency(1);
  for (let refused = 0; refused < 10; refused++) concurrency.slowDown();
  expect(concurrency.current).toBe(1);
  await runMany(concurrency, 3);
});

it('makes a fast producer wait', async () => {
  const concurrency = new AdaptiveConcurrency(4);
  const load = new Load();
  const waits = Array.from({ length: 9 }, () => concurrency.run(load.task));
  expect(waits.slice(0, 7)).toEqual(Array(7).fill(undefined)); // four at work, three queued
  expect(waits[7]).toBeInstanceOf(Promise);
  load.release();
  await waits[8];
});
