import { type Bucket, fromByteKey, type PutAttributes, type RequestHook } from '../../../local/s3';
import type { RunSummary } from '../../../statemachine/contract';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';
import { QUIRKS } from '../../support/quirks';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
const elsewhere = { host: { trustsListings: false } };

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'max-age=60',
  'content-disposition': 'inline',
  'content-encoding': 'br',
  'content-language': 'de',
  expires: 'Wed, 21 Oct 2037 07:28:00 GMT',
};

/** A kind of object, and how it comes into the source. */
const KINDS: Readonly<Record<string, (bucket: Bucket) => { readonly key: string }>> = {
  small: (bucket) => bucket.put('small', 'content', { lastModified: past }),
  empty: (bucket) => bucket.put('empty', '', { lastModified: past }),
  'a folder': (bucket) => bucket.put('folder/', '', { lastModified: past }),
  'with all headers': (bucket) => bucket.put('headers', 'content', { lastModified: past, system: headers }),
  'with metadata': (bucket) =>
    bucket.put('metadata', 'x', { lastModified: past, user: { team: 'blue', who: 'Zoë 中' } }),
  'with tags': (bucket) => bucket.put('tags', 'content', { lastModified: past, tags: [['team', 'blue']] }),
  'with a storage class': (bucket) =>
    bucket.put('class', 'content', { lastModified: past, storageClass: 'STANDARD_IA' }),
  'in parts, with a storage class': (bucket) => inParts(bucket, 'parts/class', 2, { storageClass: 'STANDARD_IA' }),
  'in parts': (bucket) => inParts(bucket, 'parts/plain', 3),
  'in parts, with tags': (bucket) => inParts(bucket, 'parts/tags', 2, { tags: [['team', 'blue']] }),
  'in parts, with metadata': (bucket) =>
    inParts(bucket, 'parts/metadata', 2, { system: headers, user: { who: 'Zoë' } }),
  'with an odd key': (bucket) => bucket.put('odd/a+b %41 ü <&> "\u{10ffff}', 'odd', { lastModified: past }),
  'with a key like URL encoding': (bucket) => bucket.put('odd/%41+%42', 'odd', { lastModified: past }),
};

function inParts(bucket: Bucket, key: string, parts: number, attributes: PutAttributes = {}) {
  const sizes = [...Array<number>(parts - 1).fill(65 * MIB), 1];
  return putInParts(bucket, key, sizes, { ...attributes, lastModified: past });
}

/** What has to be the same on both sides. */
function describeVersion(bucket: Bucket, key: string) {
  const version = bucket.get(key);
  if (!version) return undefined;
  const { body, eTag, metadata, tags, storageClass, checksum } = version;
  const value = checksum.value === 'zZ9Q6zcHXmU=' ? 'wrong' : 'right';
  return {
    content: body.md5(),
    sizeBytes: body.length,
    eTag,
    metadata,
    tags,
    storageClass,
    value,
  };
}

function keysOf(bucket: Bucket): string[] {
  return [...bucket.index.after('')]
    .filter(({ versions: [version] }) => version && !version.deleteMarker)
    .map(({ byteKey }) => fromByteKey(byteKey));
}

function differences(source: Bucket, destination: Bucket, key: string): string[] {
  const [from, to] = [describeVersion(source, key), describeVersion(destination, key)];
  if (!from || !to) return ['missing'];
  return Object.entries(from).flatMap(([name, value]) =>
    JSON.stringify(value) === JSON.stringify(to[name as keyof typeof to]) ? [] : [name],
  );
}

describe.each(everyNth(6, QUIRKS))('a server that $server', ({ lacks, differs = {}, behave, refusals = 1 }) => {
  let pair: ReturnType<typeof mirror.createPair>;
  let first: RunSummary;
  let refused = 0;

  beforeAll(async () => {
    mirror.s3.authorize = undefined; // roles are for AWS
    pair = mirror.createPair();
    for (const put of Object.values(KINDS)) put(pair.source);
    for (let index = 0; index < 40; index++)
      pair.destination.put(`orphan/${index} +%41`, 'orphan', { lastModified: past });
    mirror.s3.onRequest = counting(behave(mirror.s3));
    mirror.overlooksLock = false;
    first = await mirror.run(pair.input, elsewhere);
  });

  function counting(hook: RequestHook): RequestHook {
    return async (request) => {
      const fault = await hook(request);
      if (fault && typeof fault === 'object' && 'code' in fault) refused += 1;
      return fault;
    };
  }

  it('can be mirrored', () => {
    expect(reportLines(first, 'failures')).toEqual([]);
    expect(first).toMatchObject({
      status: 'succeeded',
      totals: { copied: Object.keys(KINDS).length, deleted: 40, failed: 0 },
    });
    expect(keysOf(pair.destination).filter((key) => key.startsWith('orphan/'))).toEqual([]);
  });

  it.each(Object.entries(KINDS))(
    'gets a copy of an object %s that is equal except for known differences',
    (kind, put) => {
      const { key } = put(mirror.s3.createBucket('elsewhere'));

      expect(differences(pair.source, pair.destination, key)).toEqual(differs[kind] ?? []);
    },
  );

  it('is asked once for what it lacks, and the summary says what that is', () => {
    expect((first.lacks ?? []).map(({ name }) => name)).toEqual(lacks);
    expect(refused).toBeLessThanOrEqual(refusals);
  });

  it('is left alone by the runs after that, however they compare', async () => {
    mirror.s3.onRequest = behave(mirror.s3);
    mirror.overlooksLock = false;

    const runs = [];
    for (const compare of ['auto', 'metadata', 'checksum'] as const) {
      runs.push(await mirror.run({ ...pair.input, compare, verify: compare !== 'auto' }, elsewhere));
    }

    const quiet = { status: 'succeeded', totals: { copied: 0, deleted: 0, failed: 0 } };
    expect(runs).toMatchObject([quiet, quiet, quiet]);
  });
});

it('compares the Content-Type of an object that is no folder, whatever the destination has', async () => {
  const { source, destination, input } = mirror.createPair();
  const [page, folder] = ['text/html', 'application/x-directory'].map((type) => ({ system: { 'content-type': type } }));
  for (const key of ['a.html', 'folder/']) {
    source.put(key, key === 'folder/' ? '' : 'x', { ...page, lastModified: past });
    destination.put(key, key === 'folder/' ? '' : 'x', folder);
  }
  mirror.s3.authorize = undefined; // roles are for AWS
  mirror.overlooksLock = false;

  const { totals } = await mirror.run({ ...input, compare: 'metadata', delete: false }, elsewhere);

  expect(totals).toMatchObject({ copied: 1, unchanged: 1 });
  expect(destination.get('a.html')?.metadata).toEqual(source.get('a.html')?.metadata);
});

it('lets the server copy an empty object whose metadata it does not show, although it refused to copy a folder', async () => {
  const { source, destination, input } = mirror.createPair();
  const user = { hidden: 'a\u0001b' };
  source.put('a/', '', { lastModified: past });
  source.put('z', '', { lastModified: past, user });
  mirror.s3.authorize = undefined; // roles are for AWS
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'a/' ? { status: 400, code: 'InvalidRequest' } : undefined;

  const summary = await mirror.run({ ...input, delete: false }, elsewhere);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, failed: 0 } });
  expect(destination.get('z')?.metadata.user).toEqual(user);
});

it.each([
  ['list pages', 'HeadObject'],
  ['HeadObject', 'ListObjectsV2'],
])('keeps a storage class that only %s shows, if headers decide what is copied', async (_shown, hidesIn) => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'new', { lastModified: past, storageClass: 'STANDARD_IA', system: headers });
  destination.put('a', 'old');
  mirror.s3.authorize = undefined; // roles are for AWS
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation }) => {
    if (operation !== hidesIn) return undefined;
    return {
      alter: ({ headers: { 'x-amz-storage-class': _hidden, ...shown } = {}, body, ...answer }) => ({
        ...answer,
        headers: shown,
        ...(typeof body === 'string' && {
          body: body.replaceAll('<StorageClass>STANDARD_IA<', '<StorageClass>STANDARD<'),
        }),
      }),
    };
  };

  await mirror.run({ ...input, compare: 'metadata' }, elsewhere);

  expect(destination.get('a')).toMatchObject({ storageClass: 'STANDARD_IA', eTag: source.get('a')?.eTag });
});

it.each(everyNth(2, ['auto', 'etag', 'metadata', 'checksum'] as const))(
  'takes no object for equal because the server lists both without an ETag: %s',
  async (compare) => {
    const { source, destination, input } = mirror.createPair();
    source.put('a', 'new', { lastModified: past });
    destination.put('a', 'old');
    mirror.s3.authorize = undefined; // roles are for AWS
    mirror.overlooksLock = false;
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'ListObjectsV2'
        ? { rewrite: (page) => page.replaceAll(/<ETag>[^<]*<\/ETag>/g, '<ETag></ETag>') }
        : undefined;

    expect(await mirror.run({ ...input, compare }, elsewhere)).toMatchObject({ totals: { copied: 1 } });
    expect(destination.get('a')?.eTag).toBe(source.get('a')?.eTag);
  },
);
