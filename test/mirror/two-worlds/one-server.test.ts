import { ENVIRONMENT } from '../../../statemachine/contract';
import { everyNth } from '../../support/length';
import { holdersOf, LOCK_KEY, lockText } from '../../support/lock-object';
import { past } from '../../support/mirror';
import { digestsOf, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();

describe('two endpoints that are one server', () => {
  /** A bucket that is reached by two names of its server. */
  function createBucket() {
    const { destination } = worlds.createPair();
    for (const key of ['site/a', 'site/b', 'other']) destination.put(key, key, { lastModified: past });
    const [there, here] = [worlds.here.endpoint.replace('127.0.0.1', 'localhost'), worlds.here.endpoint];
    const sides = [there, here].map((endpointUrl, index) => ({
      ...{ side: index === 0 ? 'source' : 'destination', endpointUrl, region: 'eu-west-1', channel: 'here' },
    }));
    process.env[ENVIRONMENT.sides] = JSON.stringify(sides);
    return destination;
  }

  const PLACES = [
    ['is in the destination', 'site/', ''],
    ['holds the destination', '', 'site/'],
    ['is the destination', 'site/', 'site/'],
  ] as const;
  const LOCKS = ['destination', 'reports', 'none'] as const;
  it.each(
    everyNth(
      3,
      LOCKS.flatMap((lock) => PLACES.map(([what, prefix, into]) => ({ lock, what, prefix, into }))),
    ),
  )(
    'have no folder of a bucket mirrored into another that overlaps: the source $what, with the lock $lock',
    async ({ lock, prefix, into }) => {
      const bucket = createBucket();

      const summary = await worlds.run({
        ...{ source: bucket.name, destination: bucket.name, prefix, destinationPrefix: into, lock },
      });

      expect(summary.error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('overlap') });
      expect(digestsOf(bucket).map(([key]) => key)).toEqual(['other', 'site/a', 'site/b']);
      expect(holdersOf(bucket)).toEqual([]);
    },
  );

  it.each(LOCKS)('are recognised as one if the source lets nobody read the lock, with the lock %s', async (lock) => {
    const bucket = createBucket();
    worlds.here.onRequest = ({ operation, key = '', headers: { host = '' } }) =>
      operation === 'HeadObject' && key.startsWith('.bucketsync/') && host.startsWith('localhost')
        ? { status: 403, code: 'AccessDenied' }
        : undefined;

    const { error } = await worlds.run({
      ...{ source: bucket.name, destination: bucket.name, prefix: 'site/', destinationPrefix: '', lock },
    });

    expect(error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('s3:GetObject') });
    expect(digestsOf(bucket).map(([key]) => key)).toEqual(['other', 'site/a', 'site/b']);
    expect(holdersOf(bucket)).toEqual([]);
  });

  it('are recognised as one even if another run writes the lock between the looks at both sides', async () => {
    const bucket = createBucket();
    let looks = 0;
    worlds.here.onRequest = ({ operation, key }) => {
      if (operation !== 'HeadObject' || key !== LOCK_KEY) return undefined;
      looks += 1;
      if (looks === 2) bucket.put(LOCK_KEY, `${lockText(bucket)}\n`);
      return undefined;
    };

    const summary = await worlds.run({
      source: bucket.name,
      destination: bucket.name,
      prefix: 'site/',
      destinationPrefix: '',
    });

    expect(looks).toBeGreaterThan(2);
    expect(summary.error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('overlap') });
    expect(digestsOf(bucket).map(([key]) => key)).toEqual(['other', 'site/a', 'site/b']);
  });

  it('are not treated as two if the source does not say whether it has the lock', async () => {
    const bucket = createBucket();
    let looks = 0;
    worlds.here.onRequest = ({ operation, key }) =>
      operation === 'HeadObject' && key === LOCK_KEY && ++looks > 1
        ? { status: 400, code: 'InvalidRequest' }
        : undefined;

    const summary = await worlds.run({
      ...{ source: bucket.name, destination: bucket.name, prefix: 'site/', destinationPrefix: '' },
    });

    expect(summary.status).toBe('failed');
    expect(digestsOf(bucket).map(([key]) => key)).toEqual(['other', 'site/a', 'site/b']);
  });

  it('have folders mirrored that do not overlap', async () => {
    const bucket = createBucket();

    const summary = await worlds.run({
      ...{ source: bucket.name, destination: bucket.name, prefix: 'site/', destinationPrefix: 'copy/' },
    });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, deleted: 0 } });
  });
});

it.each(['destination', 'reports', 'none'] as const)(
  'mirrors two buckets of one name on two servers, even if an object looks the same on both, with the lock %s',
  async (lock) => {
    const source = worlds.there.createBucket(`of-one-name-${lock}`);
    const destination = worlds.here.createBucket(source.name);
    for (const bucket of [source, destination]) bucket.put('a', 'x', { lastModified: past });
    source.put('b', 'x', { lastModified: past });

    const summary = await worlds.run({ source: source.name, destination: destination.name, lock });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 0 } });
    expectEqual(source, destination);
    expect([...destination.index.after('')].map(({ key }) => key).filter((key) => key.includes('probe'))).toEqual([]);
  },
);
