import { Allowance } from '../../bench/load/allowance';
import { VirtualClock } from '../../bench/scale/virtual-clock';
import { AdaptiveConcurrency, START_OF_DELETES } from '../../lambdas/engine/concurrency/adaptive-concurrency';
import { RetryEachRequest } from '../../lambdas/s3/client/retry-each-request';
import { randomOf } from '../support/random';

const MOST = 256;
const ANSWER_MS = 40;
const REFUSAL_MS = 5;

beforeEach(() => {
  jest.spyOn(Math, 'random').mockImplementation(randomOf(1)); // of the waits, and of how long a copy takes
});
afterEach(() => jest.restoreAllMocks());

interface Change {
  readonly atMs: number;
  readonly perSecond: number;
}

/** Copies objects as two Tasks do, in simulated time, at a server with a limit of requests per second. */
function copyAll(objects: number, perSecond: number, changes: readonly Change[] = []) {
  return sendAll(objects, perSecond, { tasks: 2, changes });
}

interface Load {
  readonly tasks: number;
  /** How many requests a Task opens at first, if not as many as for copies. */
  readonly start?: number;
  readonly changes?: readonly Change[];
}

/** The same for any requests. */
async function sendAll(requests: number, perSecond: number, { tasks, start, changes = [] }: Load) {
  const clock = new VirtualClock();
  const server = new Allowance(perSecond, () => clock.now);
  const retries = new RetryEachRequest();
  let left = requests;
  let failed = 0;

  async function attempt(): Promise<boolean> {
    const taken = server.take();
    await clock.sleep(taken ? ANSWER_MS * (0.75 + Math.random() / 2) : REFUSAL_MS);
    return taken;
  }

  /** As the SDK does with a retry strategy. */
  async function request(concurrency: AdaptiveConcurrency): Promise<void> {
    let token = await retries.acquireInitialRetryToken();
    while (!(await attempt())) {
      concurrency.slowDown();
      try {
        token = await retries.refreshRetryTokenForRetry(token, { errorType: 'THROTTLING' });
      } catch {
        failed += 1;
        return;
      }
      await clock.sleep(token.getRetryDelay());
    }
  }

  async function runTask(): Promise<void> {
    const concurrency = new AdaptiveConcurrency(MOST, start);
    while (left > 0) {
      left -= 1;
      await concurrency.run(() => request(concurrency));
    }
    await concurrency.settled();
  }

  for (const change of changes) {
    void clock.until(change.atMs).then(() => {
      server.take(); // what the allowance was until now
      server.perSecond = change.perSecond;
    });
  }
  await clock.run(Promise.all(Array.from({ length: tasks }, runTask)));
  const { refused, copiesPerSecond } = server;
  return { failed, refused, share: copiesPerSecond / perSecond, seconds: clock.now / 1000 };
}

it.each([50, 100, 400, 1000, 3500])(
  'uses 95 %% of %d copies a second that S3 allows, and has few refused',
  async (perSecond) => {
    const objects = perSecond * 10;

    const { failed, refused, share } = await copyAll(objects, perSecond);

    expect(failed).toBe(0);
    expect(share).toBeGreaterThan(0.95);
    expect(refused).toBeLessThan(objects / 4);
  },
);

it('fails no object if S3 accepts nothing at all for ten seconds, and continues soon after', async () => {
  const outage = [
    { atMs: 2_000, perSecond: 0 },
    { atMs: 12_000, perSecond: 400 },
  ];

  const { failed, seconds } = await copyAll(400 * 5, 400, outage);

  expect(failed).toBe(0);
  expect(seconds).toBeLessThan(15 + 3);
});

it('fails no object if S3 suddenly accepts a twentieth of the requests', async () => {
  const { failed, seconds } = await copyAll(2_000 + 50 * 10, 1_000, [{ atMs: 2_000, perSecond: 50 }]);

  expect(failed).toBe(0);
  expect(seconds).toBeLessThan(12 + 3);
});

it('soon uses ten times as much if S3 allows that', async () => {
  const { failed, seconds } = await copyAll(500 + 1_000 * 5, 100, [{ atMs: 5_000, perSecond: 1_000 }]);

  expect(failed).toBe(0);
  expect(seconds).toBeLessThan(10 + 1.5);
});

it.each([
  [32, 0],
  [4, 0.1],
])(
  'loses few batches of deletes of a hundred ranges, if %d partitions count each key of it',
  async (partitions, share) => {
    const batchesPerSecond = (partitions * 3_500) / 1_000;

    const { failed } = await sendAll(1_680, batchesPerSecond, { tasks: 100, start: START_OF_DELETES });

    expect(failed).toBeLessThanOrEqual(1_680 * share);
  },
);
