import type { BucketReader, ListedObject } from '../../../lambdas/engine/ports/bucket-reader';
import { asListed } from '../../../lambdas/engine/walk/as-listed';
import { type Bucket, syntheticBody } from '../../../local/s3';
import { emptyCounters, type Run } from '../../../statemachine/contract';
import { past, useMirror } from '../../support/mirror';
import { putInParts } from '../../support/put-in-parts';

const mirror = useMirror();
const MIB = 1024 ** 2;
const expires = new Date('2030-01-01T00:00:00Z');

const OBJECTS: Readonly<Record<string, (bucket: Bucket, key: string) => unknown>> = {
  plain: (bucket, key) => bucket.put(key, 'content', { lastModified: past }),
  empty: (bucket, key) => bucket.put(key, '', { lastModified: past }),
  'a key & <ü> %+': (bucket, key) => bucket.put(key, 'x', { storageClass: 'STANDARD_IA' }),
  'odd \u0001//': (bucket, key) => bucket.put(key, 'x'),
  archived: (bucket, key) => bucket.put(key, 'x', { storageClass: 'GLACIER' }),
  restoring: (bucket, key) => bucket.put(key, 'x', { storageClass: 'DEEP_ARCHIVE', restore: { ongoing: true } }),
  restored: (bucket, key) => bucket.put(key, 'x', { storageClass: 'GLACIER', restore: { ongoing: false, expires } }),
  'instantly read': (bucket, key) => bucket.put(key, 'x', { storageClass: 'GLACIER_IR' }),
  'in parts': (bucket, key) => putInParts(bucket, key, [5 * MIB, MIB], { lastModified: past }),
  'with a composite checksum': (bucket, key) =>
    bucket.put(key, syntheticBody(6 * MIB, 'seed'), {
      parts: [5, 1].map((mib, index) => ({ partNumber: index + 1, sizeBytes: mib * MIB, checksum: `part${index}=` })),
      checksum: { algorithm: 'SHA256', type: 'COMPOSITE', value: 'abc=-2' },
      eTag: `${'1'.repeat(32)}-2`,
    }),
};

/** The reader of a source bucket with one object. */
async function read(key: string): Promise<{ readonly reader: BucketReader; readonly listed: ListedObject }> {
  const { source, input } = mirror.createPair();
  OBJECTS[key]?.(source, key);
  const run = {
    input: { ...input, prefix: '', destinationPrefix: '' },
    settings: { acls: false },
    sourceRegion: source.region,
  };
  const observer = { counters: emptyCounters().requests, onSlowDown() {} };
  const { source: reader } = mirror.hostOf().openBuckets({ ...run, destinationRegion: source.region } as Run, observer);
  const { objects } = await reader.listPage({});
  return { reader, listed: objects[0] as ListedObject };
}

it.each(Object.keys(OBJECTS))('a HEAD shows every fact that a list page shows: %j', async (key) => {
  const { reader, listed } = await read(key);
  expect(asListed(key, await reader.headObject(key, { checksums: true }))).toEqual(listed);
  const { checksum: _unasked, ...facts } = listed;
  expect(asListed(key, await reader.headObject(key))).toEqual({ ...facts, checksum: undefined });
});

it.each([
  ['its size', { sizeBytes: 0 }],
  ['its ETag', { eTag: '' }],
  ['its date', { lastModified: 0 }],
  ['its date', { lastModified: Number.NaN }],
])('shows nothing without %s: %j', async (_fact, lost) => {
  const { reader } = await read('plain');
  const head = await reader.headObject('plain');
  expect(() => asListed('plain', { ...head, ...lost })).toThrow();
});
