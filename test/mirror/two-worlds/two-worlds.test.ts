import type { Worlds } from '../../../lambdas/engine/ports/worlds';
import { WORLDS } from '../../../lambdas/s3/credentials/worlds';
import { bodyBytes, type PutAttributes } from '../../../local/s3';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { Uploads } from '../../local/s3/uploads';
import { openUploads } from '../../support/contents';
import { holdersOf, LOCK_KEY, lockText } from '../../support/lock-object';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { connectWith, digestsOf, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();

const DENIED =
  'User: arn:aws:iam::111122223333:user/u is not authorized to perform: s3:PutObject with an explicit deny in a resource-based policy';

const attributes: PutAttributes = {
  lastModified: past,
  storageClass: 'STANDARD_IA',
  tags: [
    ['team', 'blue + green'],
    ['ключ', 'ü'],
  ],
  user: { owner: 'Zoë', plain: 'yes' },
  system: {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'max-age=60',
    'content-disposition': 'attachment',
    'content-encoding': 'gzip',
    'content-language': 'de',
    expires: 'whenever',
  },
};

describe('what no server can copy', () => {
  it('arrives with its headers, metadata, tags, storage class and ETag, and not a second time', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a b/ü+%.html', 'content', attributes);
    source.put('empty', '', { lastModified: past });
    source.put('folder/', '', { lastModified: past, websiteRedirect: '/elsewhere' });
    source.put('megabytes', Buffer.alloc(3 * MIB + 1, 'abc'), { lastModified: past });
    destination.put('orphan', 'x');

    const first = await worlds.run({ ...input, verify: true });
    const second = await worlds.run({ ...input, compare: 'metadata' });

    expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 4, deleted: 1 } });
    expectEqual(source, destination);
    expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0, unchanged: 8 } });
    expect(worlds.here.requests.of('CopyObject')).toBe(0);
  });

  it.each(['', '<StorageClass>STANDARD</StorageClass>'])(
    'keeps a storage class of which list pages of the source say "%s"',
    async (listed) => {
      const { source, destination, input } = worlds.createPair();
      source.put('a', 'content', attributes);
      putInParts(source, 'large', [6 * MIB, 3], attributes);
      worlds.there.onRequest = ({ operation }) =>
        operation === 'ListObjectsV2'
          ? { rewrite: (page) => page.replaceAll(/<StorageClass>[^<]*<\/StorageClass>/g, listed) }
          : undefined;

      const kept = await worlds.run(input);
      expectEqual(source, destination);
      const chosen = await worlds.run({ ...input, compare: 'always', storageClass: 'STANDARD' });

      expect(kept).toMatchObject({ status: 'succeeded', lacks: [{ name: 'listedClasses' }] });
      expect(chosen.lacks ?? []).toEqual([]);
      expect(source.get('a')?.storageClass).toBe('STANDARD_IA');
      expect(['a', 'large'].map((key) => destination.get(key)?.storageClass)).toEqual(['STANDARD', 'STANDARD']);
    },
  );

  it('is copied only once, however runs compare, if the destination loses a header of an upload', async () => {
    const { source, destination, input } = worlds.createPair();
    for (const key of ['a', 'b']) source.put(key, 'content', attributes);
    worlds.here.onRequest = ({ operation, key = '' }) => {
      if (operation !== 'PutObject') return undefined;
      return {
        alter(answer) {
          const made = destination.get(key) as { metadata: { system: Record<string, string> } } | undefined;
          const { expires: _lost, ...system } = made?.metadata.system ?? {};
          if (made) Object.assign(made, { metadata: { ...made.metadata, system } });
          return answer;
        },
      };
    };

    const first = await worlds.run(input);
    const again = [];
    for (const compare of ['metadata', 'checksum'] as const) again.push(await worlds.run({ ...input, compare }));

    expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
    expect(first.lacks).toEqual([expect.objectContaining({ name: 'header:expires' })]);
    for (const run of again) expect(run).toMatchObject({ status: 'succeeded', totals: { copied: 0, failed: 0 } });
  });

  it('arrives in its own parts, with everything that belongs to it', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [6 * MIB, 5 * MIB, 7 * MIB, 3], attributes);

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, copiedBytes: 18 * MIB + 3 } });
    expectEqual(source, destination);
    expect(destination.get('large')?.parts?.map(({ sizeBytes }) => sizeBytes)).toEqual([6 * MIB, 5 * MIB, 7 * MIB, 3]);
    expect(worlds.here.requests.of('UploadPartCopy')).toBe(0);
  });

  it.each([
    ['SHA256', 'COMPOSITE'],
    ['CRC32', 'COMPOSITE'],
    ['CRC64NVME', 'FULL_OBJECT'],
  ] as const)(
    'in parts keeps a checksum %s of the type %s, which the destination has checked',
    async (algorithm, type) => {
      const { source, destination, input } = worlds.createPair();
      const uploads = new Uploads(connectWith(worlds.there), () => source.name);
      await uploads.uploadTwo('large', { ChecksumAlgorithm: algorithm, ChecksumType: type });
      const sent: unknown[] = [];
      worlds.here.onRequest = ({ operation, headers }) => {
        const header = headers[`x-amz-checksum-${algorithm.toLowerCase()}`];
        if (['UploadPart', 'CompleteMultipartUpload'].includes(operation)) sent.push(header);
        return undefined;
      };

      expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

      expectEqual(source, destination);
      const { checksum } = source.get('large') ?? {};
      expect(checksum).toMatchObject({ algorithm, type, value: expect.any(String) });
      expect(destination.get('large')?.checksum).toEqual(checksum);
      const ofParts = [expect.any(String), expect.any(String), undefined];
      expect(sent).toEqual(type === 'COMPOSITE' ? ofParts : [undefined, undefined, checksum?.value]);
    },
  );

  it.each(['SHA1', 'SHA256', 'CRC32', 'CRC32C', 'CRC64NVME'] as const)(
    'in one piece keeps its checksum %s, and its MD5 is checked by the destination',
    async (algorithm) => {
      const { source, destination, input } = worlds.createPair();
      source.put('a', 'content', { lastModified: past, checksum: { algorithm, type: 'FULL_OBJECT' } });
      let sent: Readonly<Record<string, string | undefined>> = {};
      worlds.here.onRequest = ({ operation, key, headers }) => {
        if (operation === 'PutObject' && key === 'a') sent = headers;
        return undefined;
      };

      expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

      expect(destination.get('a')?.checksum).toMatchObject({ algorithm, type: 'FULL_OBJECT' });
      expect(sent).toMatchObject({
        [`x-amz-checksum-${algorithm.toLowerCase()}`]: expect.any(String),
        'content-md5': Buffer.from(source.get('a')?.eTag ?? '', 'hex').toString('base64'),
      });
    },
  );

  it('may have the name of its bucket on both sides', async () => {
    const source = worlds.there.createBucket('data');
    const destination = worlds.here.createBucket('data');
    source.put('a', 'content', { lastModified: past });

    const summary = await worlds.run({ source: 'data', destination: 'data' });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 0 } });
    expectEqual(source, destination);
  });

  it.each(['source', 'destination'] as const)(
    'is not copied again although a key of the %s makes its ETag no digest',
    async (side) => {
      const { source, destination, input } = worlds.createPair({
        [side]: { encryption: { algorithm: 'aws:kms' } },
      });
      source.put('a', 'content', { lastModified: past });
      putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
      if (side === 'source') {
        const uploads = new Uploads(connectWith(worlds.there), () => source.name);
        await uploads.uploadTwo('uploaded');
      }

      const first = await worlds.run(input);
      const second = await worlds.run(input);

      expect(first).toMatchObject({ status: 'succeeded', totals: { failed: 0 } });
      expect(second).toMatchObject({ status: 'succeeded', totals: { copied: 0, copiedBytes: 0, failed: 0 } });
      expect(digestsOf(destination)).toEqual(digestsOf(source));
    },
  );

  it('is left out with the reason if it has metadata that nobody can send', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', { lastModified: past, user: { bell: '\u0007', plain: 'yes' } });
    source.put('b', 'content', { lastModified: past });

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ error: { name: 'SyncIncompleteError', keys: ['a'] }, totals: { copied: 1 } });
    expect(reportLines(summary, 'failures')).toMatchObject([{ key: 'a', reason: 'hidden-metadata' }]);
    expect(destination.get('a')).toBeUndefined();
  });
});

describe('a source that changes meanwhile', () => {
  it.each([
    ['content', 'other content', {}],
    ['headers alone', 'content', { system: { 'cache-control': 'no-store' } }],
    ['tags', 'content', { tags: [['team', 'red']] as [string, string][] }],
  ])('is copied as one version, if it gets other %s before it is read', async (_what, content, more) => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', attributes);
    let isChanged = false;
    worlds.there.onRequest = ({ operation, key, headers }) => {
      if (operation === 'GetObject' && key === 'a' && headers.range === undefined && !isChanged) {
        isChanged = true;
        source.put('a', content, { ...attributes, ...more, lastModified: new Date() });
      }
      return undefined;
    };

    const summary = await worlds.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expectEqual(source, destination);
  });

  it.each(['GetObjectTagging', 'HeadObject'])('is copied as one version, if that is at %s', async (at) => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', attributes);
    let isBegun = false;
    let isChanged = false;
    worlds.there.onRequest = ({ operation, key, headers }) => {
      if (operation === 'GetObject' && headers.range === undefined) isBegun = true;
      if (operation === at && key === 'a' && isBegun && !isChanged) {
        isChanged = true;
        source.put('a', 'content', {
          ...attributes,
          user: { owner: 'else' },
          tags: [['new', 'tag']],
          lastModified: new Date(),
        });
      }
      return undefined;
    };

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expect(isChanged).toBe(true);
    expectEqual(source, destination);
  });

  it('is copied as one version, if that is between two of its parts', async () => {
    const { source, destination, input } = worlds.createPair();
    putInParts(source, 'large', [5 * MIB, 5 * MIB, 1], { lastModified: past });
    let isChanged = false;
    worlds.there.onRequest = ({ operation, headers: { range = '' } }) => {
      if (operation === 'GetObject' && range.startsWith(`bytes=${5 * MIB}-`) && !isChanged) {
        isChanged = true;
        putInParts(source, 'large', [5 * MIB, 6 * MIB, 2], { user: { version: '2' } });
      }
      return undefined;
    };

    expect(await worlds.run(input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

    expectEqual(source, destination);
  });
});

describe('a destination that changes meanwhile', () => {
  it.each(['small', 'large'])('with `conditional` keeps what somebody else wrote: %s', async (key) => {
    const { source, destination, input } = worlds.createPair();
    if (key === 'large') putInParts(source, key, [5 * MIB, 1], { lastModified: past });
    else source.put(key, 'content', { lastModified: past });
    worlds.here.onRequest = ({ operation, key: asked }) => {
      const writes = ['PutObject', 'CompleteMultipartUpload'].includes(operation);
      if (writes && asked === key) destination.put(key, "somebody else's");
      return undefined;
    };

    const summary = await worlds.run({ ...input, conditional: true });

    expect(reportLines(summary, 'failures')).toMatchObject([{ key, reason: 'changed' }]);
    expect(bodyBytes(destination.get(key)?.body as never).toString()).toBe("somebody else's");
    expect(openUploads(destination)).toEqual([]);
  });

  it('with `conditional` accepts a copy whose answer was lost', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a', 'content', { lastModified: past });
    let lost = 0;
    worlds.here.onRequest = ({ operation, key }) =>
      operation === 'PutObject' && key === 'a' && lost++ === 0 ? { after: 'reset' } : undefined;

    const summary = await worlds.run({ ...input, conditional: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expectEqual(source, destination);
  });

  it.each([[['if-match', 'if-none-match']], [['if-match']]])(
    'that is AWS may let objects be put under %j only',
    async (writes) => {
      const { source, destination, input } = worlds.createPair({ destination: { enforces: { writes } } as never });
      source.put('new', 'content', { lastModified: past });
      source.put('changed', 'content', { lastModified: past });
      destination.put('changed', 'older', { lastModified: past });

      const summary = await worlds.run({ ...input, lock: 'reports' }, { host: { worlds: asAws } });

      if (writes.length === 1) {
        expect(summary.error).toMatchObject({
          name: 'AccessDeniedError',
          message: expect.stringContaining('not added'),
        });
        return;
      }
      expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2 } });
      expectEqual(source, destination);
    },
  );
});

/** The destination is taken for AWS, which it imitates. */
const asAws: Worlds = {
  ...WORLDS,
  describe(...buckets) {
    const sides = WORLDS.describe(...buckets);
    return sides && { ...sides, destination: { isAws: true } };
  },
};

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
  it.each(LOCKS.flatMap((lock) => PLACES.map(([what, prefix, into]) => ({ lock, what, prefix, into }))))(
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

describe('what is said of one side', () => {
  it('depends on its own endpoint: a lock that a policy denies gets the advice for that server', async () => {
    const { destination, input } = worlds.createPair();
    process.env.AWS_ENDPOINT_URL_S3 = 'https://127.0.0.1:1';
    worlds.here.onRequest = ({ key }) =>
      key?.startsWith('.bucketsync/') ? { status: 403, code: 'AccessDenied', message: DENIED } : undefined;

    expect(await worlds.run(input)).toMatchObject({
      status: 'failed',
      error: { name: 'AccessDeniedError', message: expect.stringContaining('The endpoint begins with http://') },
    });
    expect(destination.get('.bucketsync/lock')).toBeUndefined();
  });

  it('is found at its own endpoint: a server without websites costs no request for each object', async () => {
    const { source, input } = worlds.createPair();
    for (const key of ['a', 'b', 'c']) source.put(key, 'content', { lastModified: past });
    process.env.AWS_ENDPOINT_URL_S3 = 'https://s3.eu-west-1.amazonaws.com';
    worlds.there.onRequest = ({ operation }) =>
      operation === 'GetBucketWebsite' ? { status: 404, code: 'NoSuchKey' } : undefined;
    let settings: unknown;

    await worlds.run(input, {
      around: async (task, invoke) => {
        const result = await invoke();
        if (task === 'ValidateInput') settings = (result as { run: { settings: unknown } }).run.settings;
        return result;
      },
    });

    expect(settings).toMatchObject({ website: false });
  });
});
