import { Uploads } from '../../local/s3/uploads';
import { everyNth } from '../../support/length';
import { past } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { notImplemented } from '../../support/quirk-behaviours';
import { reportLines } from '../../support/report-lines';
import { ATTRIBUTES, connectWith, digestsOf, expectEqual, useTwoWorlds } from '../../support/two-worlds';

const worlds = useTwoWorlds();

const DENIED =
  'User: arn:aws:iam::111122223333:user/u is not authorized to perform: s3:PutObject with an explicit deny in a resource-based policy';

describe('what no server can copy', () => {
  it('arrives with its headers, metadata, tags, storage class and ETag, and not a second time', async () => {
    const { source, destination, input } = worlds.createPair();
    source.put('a b/ü+%.html', 'content', ATTRIBUTES);
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
      source.put('a', 'content', ATTRIBUTES);
      putInParts(source, 'large', [6 * MIB, 3], ATTRIBUTES);
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
    for (const key of ['a', 'b']) source.put(key, 'content', ATTRIBUTES);
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
    putInParts(source, 'large', [6 * MIB, 5 * MIB, 7 * MIB, 3], ATTRIBUTES);

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

  it.each(everyNth(3, ['SHA1', 'SHA256', 'CRC32', 'CRC32C', 'CRC64NVME'] as const, 1))(
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

describe('an undo', () => {
  it('works within the destination, whatever its source is: nothing goes through this machine, nor to AWS', async () => {
    const { source, destination, input } = worlds.createPair({ destination: { versioning: 'Enabled' } });
    source.put('changed', 'after', ATTRIBUTES);
    source.put('new', 'after', ATTRIBUTES);
    destination.put('changed', 'before', ATTRIBUTES);
    putInParts(destination, 'orphan', [6 * MIB, 3], ATTRIBUTES);
    const before = digestsOf(destination);
    const { runId, where } = await worlds.run(input);
    expect(where).toMatchObject({ streamedFrom: worlds.there.endpoint });
    worlds.reach('https://s3.eu-west-1.amazonaws.com', worlds.here.endpoint);
    worlds.there.requests.reset();
    worlds.here.onRequest = ({ operation, headers }) =>
      operation === 'ListObjectVersions' && headers['x-amz-optional-object-attributes'] !== undefined
        ? notImplemented
        : undefined;

    const summary = await worlds.run({ ...input, undo: runId });

    expect(summary.error).toBeUndefined();
    expect(digestsOf(destination)).toEqual(before);
    expect(summary.where).toEqual({
      ...{ endpoint: worlds.here.endpoint, sourceRegion: 'eu-west-1', destinationRegion: 'eu-west-1' },
    });
    expect(worlds.there.requests.total).toBe(0);
    expect(worlds.here.requests.of('UploadPart')).toBe(0);
  });
});
