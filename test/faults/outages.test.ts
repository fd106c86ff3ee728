import type { Host } from '../../lambdas/engine/ports/host';
import type { Fault, RequestInfo } from '../../local/s3';
import type { SyncRequest } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { everyNth } from '../support/length';
import { past, useMirror } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { reportLines } from '../support/report-lines';
import { retryAtOnce } from '../support/retries';

const mirror = useMirror();
retryAtOnce();

const patience = { outageMs: 100_000, runMs: 600_000 };

/** A clock that stands still but for those who wait, which then costs no time. */
class Clock {
  passedMs = 0;
  now = () => this.passedMs + 1_800_000_000_000;
  wait = async (milliseconds: number) => {
    this.passedMs += milliseconds;
    await new Promise((resolve) => setImmediate(resolve));
  };
  host(more: Partial<Host> = {}): Partial<Host> {
    return { now: this.now, wait: this.wait, remainingMs: () => 900_000, patience, ...more };
  }
}

function createPair(count = 30) {
  const pair = mirror.createPair();
  for (let index = 0; index < count; index++) pair.source.put(`k${index}`, 'x', { lastModified: past });
  putInParts(pair.source, 'large', [5 * MIB, MIB], { lastModified: past });
  for (let index = 0; index < 5; index++) pair.destination.put(`orphan${index}`, 'x', { lastModified: past });
  return pair;
}

const refused: Fault = { status: 503, code: 'ServiceUnavailable' };
const page = '<html><body>502 Bad Gateway</body></html>';

/** What a request meets while the server is away. */
const AWAY: readonly [what: string, fault: Fault][] = [
  ['closes every connection', 'reset'],
  ['answers 503', refused],
  ['answers 500', { status: 500, code: 'InternalError' }],
  ['has a proxy before it that answers 502 with a web page', { status: 502, page }],
];

/** The server is away from a moment on, for a time. */
function goAway(clock: Clock, fault: Fault, isMoment: (request: RequestInfo) => boolean, awayMs: number) {
  let since: number | undefined;
  mirror.s3.onRequest = (request) => {
    if (since === undefined && isMoment(request)) since = clock.passedMs;
    return since !== undefined && clock.passedMs < since + awayMs ? fault : undefined;
  };
}

const moments: readonly [what: string, isMoment: (request: RequestInfo) => boolean][] = [
  ['lists first', ({ operation, query }) => operation === 'ListObjectsV2' && query.get('max-keys') !== '1'],
  ['lists in the middle', ({ query }) => query.has('continuation-token')],
  ['copies', ({ operation, key }) => operation === 'CopyObject' && key === 'k5'],
  ['copies parts', ({ operation }) => operation === 'UploadPartCopy'],
  ['completes an upload', ({ operation }) => operation === 'CompleteMultipartUpload'],
  ['deletes', ({ operation }) => operation === 'DeleteObjects'],
];

const [closes] = AWAY;
const occasions = [
  ...(closes ? moments.map(([what, isMoment]) => [closes[0], what, closes[1], isMoment] as const) : []),
  ...AWAY.slice(1).flatMap(([away, fault]) =>
    moments.slice(1, 3).map(([what, isMoment]) => [away, what, fault, isMoment] as const),
  ),
];

it.each(everyNth(3, occasions))(
  'a server that %s for a minute costs no object, if it goes away when the run %s',
  async (_away, _moment, fault, isMoment) => {
    const clock = new Clock();
    const { source, destination, input } = createPair();
    goAway(clock, fault, isMoment, 60_000);

    const summary = await mirror.run({ ...input, lock: 'none' }, { pageSize: 10, host: clock.host() });

    expect(summary.error).toBeUndefined();
    expect(summary.totals).toMatchObject({ copied: 31, deleted: 5, failed: 0 });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
    expect(clock.passedMs).toBeGreaterThanOrEqual(60_000);
  },
);

it.each(everyNth(3, [20_000, 60_000, 90_000], 2))(
  'keeps its lock and its objects if the lock cannot be read either, for %d ms',
  async (awayMs) => {
    mirror.overlooksLock = false;
    const clock = new Clock();
    const { source, destination, input } = createPair();
    goAway(clock, 'reset', ({ operation, key }) => operation === 'CopyObject' && key === 'k5', awayMs);

    const summary = await mirror.run(input, { pageSize: 10, host: clock.host() });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 31, deleted: 5, failed: 0 } });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  },
);

it('extends a round by the time in which the server was away', async () => {
  const clock = new Clock();
  const { source, destination, input } = createPair();
  goAway(clock, 'reset', ({ query }) => query.has('continuation-token'), 60_000);

  const host = clock.host({ roundBudgetsMs: [5_000, 20_000] });
  const summary = await mirror.run({ ...input, lock: 'none' }, { pageSize: 10, host });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('outlasts a server that lists all the while and copies nothing for a minute', async () => {
  const clock = new Clock();
  const { input } = createPair();
  const fault: Fault = { status: 500, code: 'InternalError' };
  let since: number | undefined;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== 'CopyObject') return undefined;
    since ??= clock.passedMs;
    return clock.passedMs < since + 60_000 ? fault : undefined;
  };

  const summary = await mirror.run({ ...input, lock: 'none' }, { host: clock.host() });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 31, failed: 0 } });
});

it.each<[what: string, fault: Fault]>(
  everyNth(2, [
    ['500', { status: 500, code: 'InternalError' }],
    ['503', refused],
    ['a closed connection', 'reset'],
  ]),
)('does not wait for a single object that always gets %s', async (_what, fault) => {
  const clock = new Clock();
  const { input } = createPair();
  mirror.s3.onRequest = ({ operation, key = '' }) =>
    operation === 'CopyObject' && /^k(3|7)$/.test(key) ? fault : undefined;

  const summary = await mirror.run({ ...input, lock: 'none' }, { host: clock.host() });

  expect(summary).toMatchObject({ status: 'failed', totals: { copied: 29, failed: 2, deleted: 5 } });
  expect(
    reportLines(summary, 'failures')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(['k3', 'k7']);
  expect(clock.passedMs).toBe(0);
});

it('ends within limits if half of the objects always get a 500, one after the other', async () => {
  const clock = new Clock();
  const { input } = createPair(60);
  mirror.s3.onRequest = ({ operation, key = '' }) =>
    operation === 'CopyObject' && Number(key.slice(1)) % 2 === 1 ? { status: 500, code: 'InternalError' } : undefined;

  const summary = await mirror.run({ ...input, lock: 'none', requestConcurrency: 1 }, { host: clock.host() });

  expect(summary.totals).toMatchObject({ copied: 31, failed: 30 });
  expect(clock.passedMs).toBe(0);
});

it.each(everyNth(3, moments.slice(0, 3), 1))(
  'ends in time with the reason if the server does not come back: it goes away when the run %s',
  async (_what, isMoment) => {
    const clock = new Clock();
    const { input } = createPair();
    goAway(clock, { status: 502, page }, isMoment, Number.POSITIVE_INFINITY);

    const summary = await mirror.run({ ...input, lock: 'none' }, { pageSize: 10, host: clock.host() });

    expect(summary.status).toBe('failed');
    const words = [summary.error?.message, ...reportLines(summary, 'failures').map(({ error }) => error)].join('\n');
    expect(words).toContain('HTTP 502');
    expect(clock.passedMs).toBeLessThanOrEqual(2 * patience.outageMs + 10_000);
  },
);

it('counts for all rounds of a run how long it has waited', async () => {
  const clock = new Clock();
  const { input } = createPair();
  let requests = 0;
  let awayUntil = 0;
  // away for a minute again and again, a page in between
  mirror.s3.onRequest = ({ operation, query }) => {
    if (operation !== 'ListObjectsV2' || query.get('max-keys') === '1')
      return clock.passedMs < awayUntil ? 'reset' : undefined;
    if (clock.passedMs < awayUntil) return 'reset';
    requests += 1;
    if (requests % 2 === 0) awayUntil = clock.passedMs + 60_000;
    return requests % 2 === 0 ? 'reset' : undefined;
  };

  const host = clock.host({ roundBudgetsMs: [0], patience: { outageMs: 100_000, runMs: 150_000 } });
  const request: SyncRequest = { ...input, lock: 'none', delete: false };
  const summary = await mirror.run(request, { pageSize: 2, serial: true, host });

  expect(summary.error).toMatchObject({ name: 'ListingError' });
  expect(clock.passedMs).toBeGreaterThan(100_000);
  expect(clock.passedMs).toBeLessThan(200_000);
});
