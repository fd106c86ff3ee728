import type { Host } from '../../../lambdas/engine/ports/host';
import type { RangeInput } from '../../../statemachine/contract';
import { ByteRelay, type Change } from '../../support/byte-relay';
import { openUploads } from '../../support/contents';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();
let relay: ByteRelay;

beforeAll(async () => {
  relay = await ByteRelay.start(worlds.there.endpoint);
});
afterAll(() => relay.stop());
beforeEach(() => {
  relay.look = () => undefined;
});

/** The source is behind a way that does something to the content of an object; all else passes. */
function reachThrough(change: (path: string, range: string | undefined) => Change | undefined): void {
  worlds.reach(relay.endpoint, worlds.here.endpoint);
  relay.look = ({ method, url = '', headers: { range } }) => {
    const isContent =
      method === 'GET' && /^\/[^/?]+\/[^?]/.test(url) && !url.includes('tagging') && range !== 'bytes=0-0';
    return isContent ? change(new URL(url, relay.endpoint).pathname, range) : undefined;
  };
}

const breakOff = (bytes: Buffer, from: number) => (from > 100_000 ? undefined : bytes);
const flip = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([(bytes.at(-1) ?? 0) ^ 1])]);

describe('content that breaks off', () => {
  it.each([
    ['in one piece', false],
    ['in parts', true],
  ])('is read again, and nothing half-written stays: %s', async (_how, isInParts) => {
    const { source, destination, input } = worlds.createPair();
    if (isInParts) putInParts(source, 'a', [5 * MIB, MIB], { lastModified: past });
    else source.put('a', Buffer.alloc(2 * MIB, 'abc'), { lastModified: past });
    let broken = 0;
    reachThrough(() => (broken++ < 3 ? { piece: breakOff } : undefined));

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expect(broken).toBeGreaterThan(3);
    expectEqual(source, destination);
  });

  it('again and again is a failure of that object alone, which leaves nothing behind', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
    source.put('a', Buffer.alloc(MIB, 'abc'), { lastModified: past });
    source.put('b', 'content', { lastModified: past });
    destination.put('a', 'older');
    reachThrough((path) => (path.endsWith('/b') ? undefined : { piece: breakOff }));

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { copied: 1, failed: 2 } });
    expect(reportLines(summary, 'failures').map(({ key, error = '' }) => [key, /broke off/.test(error)])).toEqual(
      expect.arrayContaining([
        ['a', true],
        ['large', true],
      ]),
    );
    expect(destination.get('a')?.body.length).toBe(5);
    expect(destination.get('large')).toBeUndefined();
    expect(openUploads(destination)).toEqual([]);
  });

  it('on its way to the destination is sent again', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
    source.put('a', Buffer.alloc(MIB, 'abc'), { lastModified: past });
    let failed = 0;
    worlds.here.onRequest = ({ operation, key = '' }) => {
      const writes = ['PutObject', 'UploadPart'].includes(operation) && !key.startsWith('.bucketsync');
      return writes && failed++ < 4 ? (failed % 2 ? 'reset' : { status: 503, code: 'SlowDown' }) : undefined;
    };

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 2, failed: 0 } });

    expect(failed).toBeGreaterThan(4);
    expectEqual(source, destination);
  });
});

describe('content that is not what its ETag says', () => {
  it.each([
    ['in one piece', false, /content of "a" has the MD5/],
    ['in parts', true, /content of "a" has the ETag .* in its own parts/],
  ])('is not copied: %s', async (_how, isInParts, message) => {
    const { source, destination, input } = worlds.createPair();
    if (isInParts) putInParts(source, 'a', [5 * MIB, MIB], { lastModified: past });
    else source.put('a', Buffer.alloc(MIB, 'abc'), { lastModified: past });
    reachThrough(() => ({ piece: (bytes, from) => (from === 0 ? flip(bytes) : bytes) }));

    const summary = await worlds.run(input);

    expect(reportLines(summary, 'failures')).toMatchObject([
      { key: 'a', reason: 'contradictory', error: expect.stringMatching(message) },
    ]);
    expect(destination.get('a')).toBeUndefined();
    expect(openUploads(destination)).toEqual([]);
  });

  it('once, on the way, is read again', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', Buffer.alloc(MIB, 'abc'), { lastModified: past });
    let read = 0;
    reachThrough(() => (read++ === 0 ? { piece: (bytes, from) => (from === 0 ? flip(bytes) : bytes) } : undefined));

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expectEqual(source, destination);
  });

  it.each([
    ['another version', { etag: '"0123456789abcdef0123456789abcdef"' }, 'changed'],
    ['another range', { 'content-range': 'bytes 7-8/9' }, 'refused'],
  ])('since the source answers with %s is not copied', async (_what, headers, reason) => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'a', [5 * MIB, MIB], { lastModified: past });
    reachThrough(() => ({ headers }));

    const summary = await worlds.run(input);

    expect(reportLines(summary, 'failures')).toMatchObject([{ key: 'a', reason }]);
    expect(destination.get('a')).toBeUndefined();
  });
});

describe('parts that the source does not tell', () => {
  const untold = { headers: { 'x-amz-mp-parts-count': undefined } };

  it.each([
    ['as programs cut them', [8 * MIB, 8 * MIB, 3 * MIB], true],
    ['in an unusual way', [9 * MIB, 5 * MIB], false],
  ])('are guessed, and the ETag is equal if they are %s', async (_how, sizes, isEqual) => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    worlds.reach(relay.endpoint, worlds.here.endpoint);
    relay.look = () => untold;

    const first = await worlds.run(input);
    const second = await worlds.run(input);

    expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
    expect(destination.get('large')?.eTag === source.get('large')?.eTag).toBe(isEqual);
    expect(destination.get('large')?.body.length).toBe(source.get('large')?.body.length);
  });

  it.each(['fewest', 'same'] as const)('or are too small for S3 are put together, with `parts` "%s"', async (parts) => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [MIB, MIB, 5], { lastModified: past });

    const first = await worlds.run({ ...input, parts });

    expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(destination.get('large')?.eTag).toMatch(/^[0-9a-f]{32}$/);
    expect(await worlds.run({ ...input, parts })).toMatchObject({ totals: { copied: 0 } });
  });
});

/** A clock on which each reading takes a moment, so that a budget is a number of readings. */
function shortRounds(budget: number): Partial<Host> {
  let time = 0;
  return { now: () => time++, roundBudgetsMs: [budget] };
}

describe('a large object that takes several rounds', () => {
  const sizes = [...Array<number>(9).fill(5 * MIB), 1];

  it('continues after a killed Task, and sends no part twice', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', sizes, { lastModified: past });
    const sent = new Map<string, number>();
    const uploads = new Set<string>();
    worlds.here.onRequest = ({ operation, query }) => {
      if (operation !== 'UploadPart') return undefined;
      const part = query.get('partNumber') ?? '';
      uploads.add(query.get('uploadId') ?? '');
      sent.set(part, (sent.get(part) ?? 0) + 1);
      return undefined;
    };
    let killed = 0;

    const summary = await worlds.run(
      { ...input, requestConcurrency: 1 },
      {
        host: shortRounds(15),
        around: async (task, invoke, taskInput) => {
          const result = await invoke();
          const isResuming = (taskInput as Partial<RangeInput>).uploads?.length;
          if (task === 'CopyRange' && isResuming && killed === 0 && sent.size < sizes.length) {
            killed = sent.size;
            throw Object.assign(new Error('Task timed out after 900.00 seconds'), { name: 'Sandbox.Timedout' });
          }
          return result;
        },
      },
    );

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(killed).toBeGreaterThan(0);
    expect(killed).toBeLessThan(sizes.length);
    expect([...sent.values()]).toEqual(sizes.map(() => 1));
    expect(uploads.size).toBe(1);
    expectEqual(source, destination);
  });

  it('is ended in the middle of a part if the run is stopped, and leaves nothing behind', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [5 * MIB, 5 * MIB, 1], { lastModified: past });
    source.put('megabytes', Buffer.alloc(5 * MIB), { lastModified: past });
    const stop = new AbortController();
    reachThrough(() => ({
      piece: (bytes, from) => {
        if (from > MIB) stop.abort();
        return bytes;
      },
    }));

    const summary = await worlds.run(input, { host: { signal: stop.signal } });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' }, totals: { failed: 0 } });
    expect(destination.get('large')).toBeUndefined();
    expect(openUploads(destination)).toEqual([]);
  });
});

it.each(['there', 'here'] as const)(
  'counts a copy as made, although the S3 %s then refuses to show it',
  async (side) => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'x', { lastModified: past, system: { 'content-language': 'de' } });
    worlds[side].onRequest = ({ operation, key }) =>
      operation === 'HeadObject' && key === 'a' ? { status: 400, code: 'InvalidRequest' } : undefined;

    const summary = await worlds.run({ ...input, lock: 'none' }, { host: { trustsListings: false } });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expectEqual(source, destination);
  },
);

it('does not take a header for lost that the source got after the copy, so that later runs still compare it', async () => {
  const { source, destination, input } = worlds.createPair();
  const host = { trustsListings: false };
  const german = { system: { 'content-language': 'de' } };
  source.put('a', 'x', { lastModified: past });
  worlds.here.onRequest = ({ operation, key }) => {
    if (operation === 'PutObject' && key === 'a') source.put('a', 'x', german);
    return undefined;
  };
  expect(await worlds.run({ ...input, lock: 'none' }, { host })).toMatchObject({ totals: { copied: 1 } });
  worlds.here.onRequest = undefined;
  source.put('b', 'y', { ...german, lastModified: past });
  destination.put('b', 'y');

  const summary = await worlds.run({ ...input, lock: 'none', compare: 'metadata' }, { host });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
  expect(summary.lacks).toBeUndefined();
  expectEqual(source, destination);
});
