import { setImmediate as turn } from 'node:timers/promises';
import { useMemoryMirror } from '../support/memory-mirror';

const mirror = useMemoryMirror();

afterEach(() => jest.restoreAllMocks());

it('opens a socket for each of 1,000 requests in flight and no more, and lists no further than it can copy', async () => {
  const COUNT = 5000;
  const PAGE = 100;
  const MOST = 1000;
  const { source, input } = mirror.createPair();
  for (let index = 0; index < COUNT; index++) source.put(`k${String(index).padStart(6, '0')}`, 'x');
  // Each turn is held until as many copies are there as the concurrency should allow by then: 16, 32, … 1,000.
  let due = 16;
  let arrived = 0;
  const held: (() => void)[] = [];
  const atMost = { inFlight: 0, sockets: 0, pagesAhead: 0 };
  mirror.s3.onRequest = async ({ operation }) => {
    if (operation !== 'CopyObject') return undefined;
    arrived += 1;
    const answer = new Promise<void>((resolve) => held.push(resolve));
    if (held.length === due || arrived === COUNT) {
      await settled();
      atMost.inFlight = Math.max(atMost.inFlight, held.length);
      atMost.sockets = Math.max(atMost.sockets, await mirror.s3.connections);
      atMost.pagesAhead = Math.max(atMost.pagesAhead, mirror.s3.requests.of('ListObjectsV2') - arrived / PAGE);
      due = Math.min(MOST, due * 2);
      for (const release of held.splice(0)) release();
    }
    await answer;
    return undefined;
  };

  const summary = await mirror.run(
    { ...input, delete: false, requestConcurrency: MOST },
    { pageSize: PAGE, serial: true },
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: COUNT } });
  expect(atMost.inFlight).toBe(MOST);
  expect(atMost.sockets).toBeLessThan(MOST + 20);
  // Those that wait for their turn are no more than those in flight; then a page at hand and one ahead, on both sides.
  expect(atMost.pagesAhead).toBeLessThan(MOST / PAGE + 5);
});

it('fails no object if S3 answers 503 to every request that it has no room for', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0.02); // of the SDK's waits, a fiftieth
  const COUNT = 1500;
  const ROOM = 30;
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < COUNT; index++) source.put(`k${index}`, 'x');
  let open = 0;
  let refused = 0;
  mirror.s3.onRequest = async ({ operation }) => {
    if (operation !== 'CopyObject') return undefined;
    if (open === ROOM) {
      refused += 1;
      return { status: 503, code: 'SlowDown' };
    }
    open += 1;
    await settled();
    open -= 1;
    return undefined;
  };

  const summary = await mirror.run({ ...input, requestConcurrency: 1000 });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: COUNT, failed: 0 } });
  expect(destination.index.size).toBe(COUNT);
  expect(refused).toBeGreaterThan(0);
  expect(summary.totals.requests.copy).toBe(COUNT + refused);
});

/** Until whatever is under way in this process has gone as far as it can without another answer, or nearly. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}
