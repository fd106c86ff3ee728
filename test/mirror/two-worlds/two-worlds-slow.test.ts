import { TimedSignal } from '../../../lambdas/engine/run/timed-signal';
import type { RangeResult } from '../../../statemachine/contract';
import { ByteRelay } from '../../support/byte-relay';
import { openUploads } from '../../support/contents';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { digestsOf, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();
let relay: ByteRelay;

beforeAll(async () => {
  relay = await ByteRelay.start(worlds.there.endpoint);
});
afterAll(() => relay.stop());

const never = new Promise<undefined>(() => {});
/** Those of the invocations so far that end copies in the middle. */
let ends: TimedSignal[];

beforeEach(() => {
  ends = [];
  const { after } = TimedSignal;
  jest.spyOn(TimedSignal, 'after').mockImplementation((...given) => {
    const end = after(...given);
    ends.push(end);
    return end;
  });
});
afterEach(() => jest.restoreAllMocks());

/** A way on which nothing larger than `most` bytes arrives before its invocation ends. */
function slowWay(most: number): void {
  worlds.reach(relay.endpoint, worlds.here.endpoint);
  relay.look = ({ method, url = '', headers: { range } }, { 'content-length': length }) => {
    const isContent = method === 'GET' && url.includes('large') && !url.includes('tagging') && range !== 'bytes=0-0';
    if (!isContent || Number(length) <= most) return undefined;
    return {
      piece: (bytes, from) => {
        if (from < MIB) return bytes;
        for (const end of ends.splice(0)) end.abort();
        return never;
      },
    };
  };
}

describe('what does not get through in the time of one invocation', () => {
  it.each([
    ['in one piece', 'whole'],
    ['in parts that are too large', 'parts'],
  ])('goes in smaller parts, and is not copied again: %s', async (_how, kind) => {
    const { source, destination, input } = worlds.createPair();
    const attributes = { lastModified: past, user: { owner: 'me' }, tags: [['team', 'blue']] as [string, string][] };
    if (kind === 'whole') source.put('large', Buffer.alloc(18 * MIB + 1, 'abc'), attributes);
    else putInParts(source, 'large', [17 * MIB, MIB * 5, 1], attributes);

    slowWay(16 * MIB);

    const first = await worlds.run(input);
    const second = await worlds.run(input);

    expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    const rest = (source.get('large')?.body.length ?? 0) - 16 * MIB;
    expect(destination.get('large')?.parts?.map(({ sizeBytes }) => sizeBytes)).toEqual([16 * MIB, rest]);
    expect(digestsOf(destination)).toEqual(digestsOf(source));
    expect(openUploads(destination)).toEqual([]);
    expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0 } });
  });

  it('is a failure of that object if not even small parts do', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('large', Buffer.alloc(18 * MIB, 'abc'), { lastModified: past });
    source.put('small', 'content', { lastModified: past });
    slowWay(0);

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError' }, totals: { copied: 1, failed: 1 } });
    expect(reportLines(summary, 'failures')).toMatchObject([
      { key: 'large', reason: 'refused', error: expect.stringContaining('too slow') },
    ]);
    expect(openUploads(destination)).toEqual([]);
  });

  it('is written by the newer version alone, if the source changed before its smaller parts are read', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('large', Buffer.alloc(18 * MIB, 'abc'), { lastModified: past });
    slowWay(16 * MIB);
    let rounds = 0;

    const summary = await worlds.run(input, {
      around: async (task, invoke) => {
        const result = await invoke();
        const isBegun = task === 'CopyRange' && (result as RangeResult).uploads !== undefined;
        if (isBegun && rounds++ === 0) source.put('large', 'newer content', { user: { version: '2' } });
        return result;
      },
    });

    expect(rounds).toBe(1);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
    expectEqual(source, destination);
  });
});
