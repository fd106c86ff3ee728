import type { Host } from '../../../lambdas/engine/ports/host';
import type { Fault, RequestInfo } from '../../../local/s3';
import { awkwardKeys } from '../../local/s3/awkward-keys';
import { openUploads } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { retryAtOnce } from '../../support/retries';
import { digestsOf, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();
retryAtOnce();

const isContent = ({ operation, headers: { range } }: RequestInfo) =>
  operation === 'GetObject' && range !== 'bytes=0-0';

it('every awkward key goes from one server to another, with metadata and tags, and orphans of such keys go away', async () => {
  const { source, destination, input } = worlds.createPair();
  for (const { key } of awkwardKeys) {
    source.put(key, `content of ${key}`, { lastModified: past, user: { owner: 'me' }, tags: [['team', 'blue']] });
    destination.put(`${key.slice(0, 500)}-orphan`, 'x', { lastModified: past });
  }
  const [awkward] = awkwardKeys.filter(({ key }) => /[^\x20-\x7e]/.test(key) && key.length < 100);
  putInParts(source, `${awkward?.key} in parts`, [5 * MIB, 1], { lastModified: past, tags: [['team', 'blue']] });

  const first = await worlds.run({ ...input, allowEmptySource: false });
  const second = await worlds.run({ ...input, compare: 'metadata' });

  expect(first).toMatchObject({
    status: 'succeeded',
    totals: { copied: awkwardKeys.length + 1, deleted: awkwardKeys.length, failed: 0 },
  });
  expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0, failed: 0 } });
  expectEqual(source, destination);
});

describe('a bucket of one name on both sides', () => {
  it('may have a folder that would lie within the other, if both were one, and keeps all outside of it', async () => {
    const source = worlds.there.createBucket('photos');
    const destination = worlds.here.createBucket('photos');
    for (const key of ['site/a', 'site/old/b', 'other']) source.put(key, key, { lastModified: past });
    for (const key of ['site/kept', 'site/old/orphan', 'other']) destination.put(key, 'kept', { lastModified: past });

    const summary = await worlds.run({
      ...{ source: 'photos', prefix: 'site/' },
      ...{ destination: 'photos', destinationPrefix: 'site/old/' },
    });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 1 } });
    const contents = digestsOf(destination).map(([key]) => key);
    expect(contents).toEqual(['other', 'site/kept', 'site/old/a', 'site/old/old/b']);
    expect(digestsOf(source).map(([key]) => key)).toEqual(['other', 'site/a', 'site/old/b']);
  });

  it('may have a lock and reports of its own at the source, which are left alone on both sides', async () => {
    const source = worlds.there.createBucket('shared');
    const destination = worlds.here.createBucket('shared');
    source.put('a', 'content', { lastModified: past });
    source.put('.bucketsync/lock.json', 'not a lock', { lastModified: past });

    const summary = await worlds.run({ source: 'shared', destination: 'shared' });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 0 } });
    expect(source.get('.bucketsync/lock.json')?.body.length).toBe(10);
    expect(destination.get('a')).toBeDefined();
  });
});

const noBucket: Fault = { status: 404, code: 'NoSuchBucket' };
const denied: Fault = { status: 403, code: 'AccessDenied' };
const notFound: Fault = { status: 404, code: 'NoSuchKey' };

describe('a source that disappears in the middle', () => {
  function createPair() {
    const pair = worlds.createPair();
    for (let index = 0; index < 20; index++) pair.source.put(`k${index}`, 'content', { lastModified: past });
    putInParts(pair.source, 'large', [5 * MIB, 5 * MIB, 1], { lastModified: past });
    for (let index = 0; index < 20; index++) pair.destination.put(`k${index}`, 'older', { lastModified: past });
    return pair;
  }

  it.each([
    ['its bucket is gone', noBucket],
    ['it may not be read any more', denied],
    ['its endpoint answers with a page of another server', { status: 404, page: '<html>Not here</html>' } as Fault],
  ])('ends the run with an error, deletes nothing and leaves nothing half-written, if %s', async (_how, fault) => {
    const { destination, input } = createPair();
    let read = 0;
    worlds.there.onRequest = (request) => ((isContent(request) && ++read > 5) || read > 5 ? fault : undefined);

    const summary = await worlds.run({ ...input, verify: true });

    expect(summary.status).toBe('failed');
    expect(summary.totals.deleted).toBe(0);
    const contents = Array.from({ length: 20 }, (_, index) => destination.get(`k${index}`)?.body.length);
    expect(contents.filter((length) => length !== 'older'.length && length !== 'content'.length)).toEqual([]);
    expect(contents).toContain('older'.length);
    expect(destination.get('large')).toBeUndefined();
    expect(openUploads(destination)).toEqual([]);
  });

  it('does not treat an object as gone if only GetObject does not find it', async () => {
    const { source, destination, input } = createPair();
    worlds.there.onRequest = (request) => (isContent(request) && request.key === 'k3' ? notFound : undefined);

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['k3'] }, totals: { failed: 1 } });
    expect(destination.get('k3')?.body.length).toBe(5);
    expect(source.get('k3')).toBeDefined();
  });

  it.each(['there', 'here'] as const)('if credentials expire in the middle, says of which side: %s', async (side) => {
    const { destination, input } = createPair();
    let begun = 0;
    worlds[side].onRequest = (request) => {
      const isCopy =
        side === 'there' ? isContent(request) : request.operation === 'PutObject' && request.key !== undefined;
      const isMirrored = !request.key?.startsWith('.bucketsync/');
      if (isCopy && isMirrored) begun += 1;
      return begun > 5 ? { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' } : undefined;
    };

    const summary = await worlds.run(input);
    worlds[side].onRequest = undefined;

    const name =
      side === 'there' ? `the source (s3://${input.source} at ` : `the destination (s3://${input.destination} at `;
    const message = expect.stringContaining(`the credentials of ${name}${worlds[side].endpoint})`);
    expect(summary).toMatchObject({ error: { name: 'CredentialsExpiredError', message } });
    const again = await worlds.run({ ...input, lock: 'reports' });
    expect(again).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
    expect(openUploads(destination)).toEqual([]);
  });
});

describe('a server that is away for a minute', () => {
  const AWAY: readonly [what: string, fault: Fault][] = [
    ['closes connections', 'reset'],
    ['answers 503', { status: 503, code: 'ServiceUnavailable' }],
    ['has a proxy before it that answers 502', { status: 502, page: '<html>Bad Gateway</html>' }],
  ];
  const cases = (['there', 'here'] as const).flatMap((side) =>
    AWAY.map(([what, fault]) => [side, what, fault] as const),
  );

  it.each(['CopyRange', 'DeleteRange'] as const)(
    'is waited for if it goes away before the first listing of a Task: %s',
    async (goesAwayAt) => {
      const { source, destination, input } = worlds.createPair();
      source.put('k', 'content', { lastModified: past });
      const { clock, host } = patientHost();
      let since = Number.POSITIVE_INFINITY;
      worlds.here.onRequest = () =>
        clock.passedMs >= since && clock.passedMs < since + 60_000
          ? { status: 503, code: 'ServiceUnavailable' }
          : undefined;
      const around = (task: string, invoke: () => Promise<unknown>) => {
        if (task === goesAwayAt) since = Math.min(since, clock.passedMs);
        return invoke();
      };

      const summary = await worlds.run({ ...input, lock: 'none' }, { host, around });

      expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
      expect(clock.passedMs).toBeGreaterThanOrEqual(60_000);
      expectEqual(source, destination);
    },
  );

  it.each(everyNth(4, cases, 1))('costs no object, and no part is sent twice: %s, %s', async (side, _what, fault) => {
    const { source, destination, input } = worlds.createPair();
    for (let index = 0; index < 20; index++) source.put(`k${index}`, `content ${index}`, { lastModified: past });
    putInParts(source, 'large', [5 * MIB, 5 * MIB, 5 * MIB, 1], { lastModified: past });
    const { clock, host } = patientHost();
    const stored: string[] = [];
    worlds.here.onRequest = ({ operation, query }) => {
      if (operation === 'UploadPart' && !(side === 'here' && isAway())) stored.push(query.get('partNumber') ?? '');
      return side === 'here' ? meet() : undefined;
    };
    let [asked, since] = [0, Number.POSITIVE_INFINITY];
    const isAway = () => clock.passedMs >= since && clock.passedMs < since + 60_000;
    const meet = () => (isAway() ? fault : undefined);
    worlds.there.onRequest = (request) => {
      if (isContent(request) && ++asked === 8) since = clock.passedMs;
      return side === 'there' ? meet() : undefined;
    };

    const summary = await worlds.run({ ...input, lock: 'none' }, { host });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 21, failed: 0 } });
    expect(clock.passedMs).toBeGreaterThanOrEqual(60_000);
    expect(stored.sort()).toEqual(['1', '2', '3', '4']);
    expectEqual(source, destination);
  });
});

/** Waits take no time, but move its clock. */
function patientHost() {
  const clock = { passedMs: 0 };
  const host: Partial<Host> = {
    now: () => clock.passedMs + 1_800_000_000_000,
    wait: async (milliseconds) => {
      clock.passedMs += milliseconds;
      await new Promise((resolve) => setImmediate(resolve));
    },
    remainingMs: () => 900_000,
    patience: { outageMs: 100_000, runMs: 600_000 },
  };
  return { clock, host };
}
