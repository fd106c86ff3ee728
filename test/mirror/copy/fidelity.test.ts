import { PutObjectCommand, type ServerSideEncryption } from '@aws-sdk/client-s3';
import { type Bucket, type BucketOptions, bodyBytes, type PutAttributes, syntheticBody } from '../../../local/s3';
import type { SyncRequest } from '../../../statemachine/input/sync-input';
import { awkwardKeys } from '../../local/s3/awkward-keys';
import { Uploads } from '../../local/s3/uploads';
import { kms } from '../../support/arbitrary-changes';
import { contentsOf } from '../../support/contents';
import { everyNth } from '../../support/length';
import { useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { reportLines } from '../../support/report-lines';
import { connect, describeObject } from '../../support/s3-client';

const day = 24 * 60 * 60 * 1000;
let clock = Date.parse('2026-03-01T00:00:00Z');
const mirror = useMirror({ now: () => new Date(clock) });

let client: ReturnType<typeof connect>;
beforeAll(() => {
  client = connect(mirror.s3.endpoint);
});
afterAll(() => client.destroy());

type Pair = ReturnType<typeof mirror.createPair>;
const describeBoth = ({ source, destination }: Pair, key: string) =>
  Promise.all([source, destination].map(({ name }) => describeObject(client, name, key)));

let turn = 0; // so that the tests together try each strategy
/** Copies one object, which must go well, and proves that it is finished: no strategy copies it again. */
async function copy({ input }: Pair, more: Partial<SyncRequest> = {}): Promise<void> {
  clock += day;
  const first = await mirror.run({ ...input, ...more });
  expect(reportLines(first, 'failures')).toEqual([]);
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  clock += day;
  for (const compare of everyNth(3, ['auto', 'etag', 'checksum'] as const, turn++)) {
    const again = await mirror.run({ ...input, ...more, compare });
    expect([compare, again.status, again.totals.copied]).toEqual([compare, 'succeeded', 0]);
  }
}

function expectSameBytes({ source, destination }: Pair, key: string): void {
  const [from, to] = [source.get(key)?.body, destination.get(key)?.body];
  if (!from || !to) throw new Error(`Expected ${JSON.stringify(key)} on both sides`);
  expect(bodyBytes(to).equals(bodyBytes(from))).toBe(true);
}

/** How an object comes into the source, and the one request that its copy must not do without. */
interface Way {
  readonly way: string;
  readonly put: (bucket: Bucket, key: string, attributes: PutAttributes) => void;
  readonly by: 'CopyObject' | 'UploadPartCopy';
}
const ways: readonly Way[] = [
  { way: 'small', put: (bucket, key, attributes) => bucket.put(key, 'its content', attributes), by: 'CopyObject' },
  {
    way: 'large',
    put: (bucket, key, attributes) => putInParts(bucket, key, [5 * MIB, 1], attributes),
    by: 'UploadPartCopy',
  },
];

const restored = { ongoing: false, expires: new Date('2099-01-01T00:00:00Z') };
const tenTags = Array.from({ length: 10 }, (_, index) => [`name ${index}`, `value ${index}`] as const);

const carriedOver: readonly (readonly [what: string, attributes: PutAttributes])[] = [
  ['no attribute at all', {}],
  ['user metadata', { user: { team: 'blue', 'a-long-one': 'v'.repeat(1900) } }],
  ['user metadata that is not ASCII', { user: { photographer: 'Zoë Łukasik 中 \u{1f600}' } }],
  ['user metadata that is empty', { user: { empty: '' } }],
  ['Content-Type', { system: { 'content-type': 'text/html; charset=utf-8' } }],
  ['Cache-Control', { system: { 'cache-control': 'public, max-age=31536000, immutable' } }],
  [
    'Content-Disposition',
    { system: { 'content-disposition': `attachment; filename="a b.html"; filename*=UTF-8''%e2` } },
  ],
  ['Content-Encoding', { system: { 'content-encoding': 'gzip, br' } }],
  ['Content-Language', { system: { 'content-language': 'de, en-GB' } }],
  ['Expires', { system: { expires: 'Wed, 21 Oct 2037 07:28:00 GMT' } }],
  ['Expires that is no date', { system: { expires: 'never, thank you' } }],
  ['one tag', { tags: [['team', 'blue']] }],
  ['ten tags', { tags: tenTags }],
  [
    'tags of every legal character',
    {
      tags: [
        ['a+b=c.d_e:f/g@h-i j', 'a+b=c.d_e:f/g@h-i j'],
        ['größe', '中文'],
      ],
    },
  ],
  [
    'tags of any legal length',
    {
      tags: [
        ['k'.repeat(128), 'v'.repeat(256)],
        ['empty', ''],
      ],
    },
  ],
  ...['STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING', 'GLACIER_IR', 'REDUCED_REDUNDANCY'].map(
    (storageClass) => [`storage class ${storageClass}`, { storageClass }] as const,
  ),
];

describe.each(ways)('of a $way object ($by)', ({ way, put, by }) => {
  it.each(everyNth(5, carriedOver, way === 'small' ? 0 : 2))('carries over %s', async (_what, attributes) => {
    const pair = mirror.createPair();
    put(pair.source, 'k', attributes);

    await copy(pair);

    expect(mirror.s3.requests.of(by)).toBeGreaterThan(0);
    const [there, here] = await describeBoth(pair, 'k');
    expect(here).toEqual(there);
    expectSameBytes(pair, 'k');
  });

  it('carries over the content of an archived object that is restored, and its class', async () => {
    const pair = mirror.createPair();
    put(pair.source, 'k', { storageClass: 'GLACIER', restore: restored });

    await copy(pair);

    const [{ Restore, ...there } = fail(), here] = await describeBoth(pair, 'k');
    expect(Restore).toContain('ongoing-request="false"');
    expect(here).toEqual(there);
    expectSameBytes(pair, 'k');
  });

  it('reports an archived object that is not restored, and copies it once it is', async () => {
    const pair = mirror.createPair();
    put(pair.source, 'k', { storageClass: 'DEEP_ARCHIVE' });
    const refused = await mirror.run(pair.input);
    expect(refused).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
    expect(reportLines(refused, 'failures')[0]).toMatchObject({ key: 'k', reason: 'archived' });

    put(pair.source, 'k', { storageClass: 'DEEP_ARCHIVE', restore: restored });
    await copy(pair);
  });

  it.each<[what: string, input: Partial<SyncRequest>, expected: object]>([
    ['no tags with `tags: ignore`', { tags: 'ignore' }, { tags: [] }],
    ['the storage class that is given', { storageClass: 'GLACIER_IR' }, { StorageClass: 'GLACIER_IR' }],
    ['the class STANDARD where it is given', { storageClass: 'STANDARD' }, { StorageClass: undefined }],
  ])('sets %s', async (_what, input, expected) => {
    const pair = mirror.createPair();
    put(pair.source, 'k', { tags: [['team', 'blue']], storageClass: 'STANDARD_IA', user: { team: 'blue' } });
    await copy(pair, input);
    const [there, here] = await describeBoth(pair, 'k');
    expect(here).toEqual({ ...there, TagCount: here?.TagCount, ...expected });
  });

  it.each<[what: string, options: { source?: BucketOptions; destination?: BucketOptions }, expected: object]>([
    [
      "the destination's own key encrypts",
      { destination: { encryption: { ...kms, bucketKey: true } } },
      {
        ServerSideEncryption: kms.algorithm as ServerSideEncryption,
        SSEKMSKeyId: kms.kmsKeyId,
        BucketKeyEnabled: true,
      },
    ],
    ["the source's key does not", { source: { encryption: kms } }, { ServerSideEncryption: 'AES256' }],
  ])('leaves encryption to the destination: %s', async (_what, options, expected) => {
    const pair = mirror.createPair(options);
    put(pair.source, 'k', { user: { team: 'blue' }, tags: [['team', 'blue']] });

    clock += day;
    await mirror.run(pair.input);

    const [there, here] = await describeBoth(pair, 'k');
    expect(here).toMatchObject(expected);
    const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, ETag, ...others } = there ?? fail();
    expect(here).toMatchObject(others);
    expectSameBytes(pair, 'k');
    clock += day;
    for (const compare of ['auto', 'metadata', 'checksum'] as const) {
      expect((await mirror.run({ ...pair.input, compare })).totals).toMatchObject({ copied: 0, failed: 0 });
    }
  });

  it('writes into a bucket with Object Lock, and leaves the retention of the source behind', async () => {
    const pair = mirror.createPair({ source: { objectLock: true }, destination: { objectLock: true } });
    put(pair.source, 'k', { lock: { mode: 'GOVERNANCE', retainUntil: new Date('2099-01-01T00:00:00Z') } });

    await copy(pair);

    const [{ ObjectLockMode, ObjectLockRetainUntilDate, ...there } = fail(), here] = await describeBoth(pair, 'k');
    expect(ObjectLockMode).toBe('GOVERNANCE');
    expect(here).toEqual(there);
  });

  it('copies the current one of several versions, and keeps those that the destination has', async () => {
    const versioned = { versioning: 'Enabled' } as const;
    const pair = mirror.createPair({ source: versioned, destination: versioned });
    for (const team of ['red', 'green', 'blue']) put(pair.source, 'k', { user: { team } });
    pair.destination.put('k', "the destination's");

    await copy(pair);

    expect(await describeObject(client, pair.destination.name, 'k')).toMatchObject({ Metadata: { team: 'blue' } });
    const versions = pair.destination.index.get('k')?.versions ?? [];
    expect(versions.map(({ body }) => body.length)).toEqual([pair.source.get('k')?.body.length, 17]);
  });

  it('has the date of its copy, because S3 does not accept another one', async () => {
    const pair = mirror.createPair();
    put(pair.source, 'k', {});
    await copy(pair);
    expect(pair.destination.get('k')?.lastModified.getTime()).toBe(clock - day);
  });
});

it.each<[what: string, options: { source?: BucketOptions }, put: (bucket: Bucket) => void]>([
  ['an empty object', {}, (bucket) => bucket.put('redirect', '', { websiteRedirect: '/elsewhere?a=1&b=2#c' })],
  [
    'any object of a website',
    { source: { website: 'index.html' } },
    (bucket) => bucket.put('redirect', 'moved', { websiteRedirect: 'https://example.com/' }),
  ],
  [
    'a large object',
    {},
    (bucket) => putInParts(bucket, 'redirect', [5 * MIB, 1], { websiteRedirect: 'https://example.com/' }),
  ],
])('carries over the website redirect of %s', async (_what, options, put) => {
  const pair = mirror.createPair(options);
  put(pair.source);
  await copy(pair);
  const [there, here] = await describeBoth(pair, 'redirect');
  expect(there?.WebsiteRedirectLocation).toBeDefined();
  expect(here).toEqual(there);
});

describe.each([
  { way: 'small', put: (bucket: Bucket, key: string, attributes: PutAttributes) => bucket.put(key, key, attributes) },
  {
    way: 'in parts',
    put: (bucket: Bucket, key: string, attributes: PutAttributes) => putInParts(bucket, key, [key.length], attributes),
  },
])('under every awkward key, $way,', ({ put }) => {
  it('copies with tags and metadata, copies nothing twice, and deletes', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const { key } of awkwardKeys) {
      put(source, key, { user: { bytes: String(Buffer.byteLength(key)) }, tags: [['bytes', String(key.length)]] });
      put(destination, `${key.slice(0, 500)}-`, {});
    }
    const orphans = [...contentsOf(destination).keys()].length;
    clock += day;

    const summary = await mirror.run(input, { pageSize: 7 });

    expect(summary.totals).toMatchObject({ copied: awkwardKeys.length, deleted: orphans, failed: 0 });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
    expect((await mirror.run(input)).totals).toMatchObject({ copied: 0, deleted: 0, failed: 0 });
    for (const { key } of awkwardKeys) source.remove(key);
    const emptied = await mirror.run({ ...input, allowEmptySource: true }, { pageSize: 7 });
    expect(emptied.totals).toMatchObject({ deleted: awkwardKeys.length, failed: 0 });
    expect(contentsOf(destination).size).toBe(0);
  });
});

it.each(['folder/', 'folder//', '/', 'a/b/'])('carries over the folder object %j', async (key) => {
  const pair = mirror.createPair();
  pair.source.put(key, '', { system: { 'content-type': 'application/x-directory' } });
  await copy(pair);
  const [there, here] = await describeBoth(pair, key);
  expect(here).toEqual(there);
});

it.each<[layout: string, sizes: number[]]>(
  everyNth(3, [
    ['equal parts', [5 * MIB, 5 * MIB, 5 * MIB, MIB]],
    ['parts of many sizes', [5 * MIB, 7 * MIB, 6 * MIB, 5 * MIB, 1]],
    ['parts that would also fit equal ones', [5 * MIB, 6 * MIB, MIB]],
    ['two parts, the larger one first', [6 * MIB, 5 * MIB]],
    ['one part', [MIB]],
  ]),
)('keeps the ETag and the parts of an object of %s', async (_layout, sizes) => {
  const pair = mirror.createPair();
  putInParts(pair.source, 'large', sizes);
  await copy(pair);
  const [there, here] = await describeBoth(pair, 'large');
  expect(here).toMatchObject({ parts: sizes, ETag: expect.stringContaining(`-${sizes.length}"`) });
  expect(here).toEqual(there);
  expectSameBytes(pair, 'large');
});

const GIB = 1024 * MIB;

it.each<[what: string, put: (source: Bucket) => void, parts: number]>(
  everyNth(2, [
    ['in its own parts', (source) => putInParts(source, 'huge', [4 * GIB, 4 * GIB, GIB]), 3],
    ['in parts of 256 MiB where it has none', (source) => source.put('huge', syntheticBody(6 * GIB)), 24],
  ]),
)('copies an object that is too large for CopyObject %s', async (_what, put, parts) => {
  const pair = mirror.createPair();
  put(pair.source);
  clock += day;
  expect(await mirror.run(pair.input)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(mirror.s3.requests.byOperation()).toMatchObject({ UploadPartCopy: parts, CompleteMultipartUpload: 1 });
  const [from, to] = [pair.source.get('huge')?.body, pair.destination.get('huge')?.body];
  expect([to?.length, to?.md5()]).toEqual([from?.length, from?.md5()]);
  expect((await mirror.run(pair.input)).totals).toMatchObject({ copied: 0, failed: 0 });
});

describe('checksums', () => {
  it.each(everyNth(3, ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const, 1))(
    'keeps the %s of a small object',
    async (ChecksumAlgorithm) => {
      const pair = mirror.createPair();
      const Body = Buffer.from('its content');
      await client.send(new PutObjectCommand({ Bucket: pair.source.name, Key: 'k', Body, ChecksumAlgorithm }));
      await copy(pair);
      const [there, here] = await describeBoth(pair, 'k');
      expect(here).toMatchObject({ [`Checksum${ChecksumAlgorithm}`]: expect.any(String), ChecksumType: 'FULL_OBJECT' });
      expect(here).toEqual(there);
    },
  );

  it.each([
    ['CRC32', 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT'],
    ['CRC32C', 'COMPOSITE'],
    ['CRC32C', 'FULL_OBJECT'],
    ['CRC64NVME', 'FULL_OBJECT'],
    ['SHA1', 'COMPOSITE'],
    ['SHA256', 'COMPOSITE'],
  ] as const)('keeps the %s (%s) of a large object', async (ChecksumAlgorithm, ChecksumType) => {
    const pair = mirror.createPair();
    await new Uploads(client, () => pair.source.name).uploadTwo('k', { ChecksumAlgorithm, ChecksumType });
    await copy(pair);
    const [there, here] = await describeBoth(pair, 'k');
    expect(here).toMatchObject({ [`Checksum${ChecksumAlgorithm}`]: expect.any(String), ChecksumType });
    expect(here).toEqual(there);
  });
});

function fail(): never {
  throw new Error('Expected an object');
}
