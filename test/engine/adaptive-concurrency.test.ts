import { AdaptiveConcurrency } from '../../lambdas/engine/adaptive-concurrency';

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

it('opens as S3 answers, and never beyond its limit', async () => {
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

it('falls by 30 % when S3 asks to slow down, once for all requests under way', async () => {
  const concurrency = new AdaptiveConcurrency(100);
  await runMany(concurrency, 1000);
  for (let index = 0; index < 50; index++) concurrency.slowDown();
  expect(concurrency.current).toBe(70);
  await runMany(concurrency, 100);
  concurrency.slowDown();
  expect(concurrency.current).toBe(49);
});

it('grows by one a turn after that', async () => {
  const concurrency = new AdaptiveConcurrency(100);
  await runMany(concurrency, 16);
  concurrency.slowDown();
  expect(concurrency.current).toBe(22);
  await runMany(concurrency, 32 + 22);
  expect(concurrency.current).toBe(23);
});

it('never falls below one', async () => {
  const concurrency = new AdaptiveConcurrency(1);
  concurrency.slowDown();
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
