import fc from 'fast-check';
import { type Bucket, type Encryption, type ObjectVersion, type PutAttributes, syntheticBody } from '../../local/s3';
import { asUploaded, MIB, opaque } from './put-in-parts';

export const kms: Encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };

/** What somebody does to an object; `at` is on either side, `afterMs` on the server's clock since the change before. */
export interface Change {
  readonly at: 'source' | 'destination';
  readonly key: string;
  readonly afterMs: number;
  readonly apply: (bucket: Bucket, key: string) => void;
  /** For the counterexample that a failure prints. */
  readonly toString: () => string;
}

/** Contents that can be told apart only by their bytes: two letters, a few sizes, and several ways to upload each size. */
interface Content {
  readonly letter: 'x' | 'y';
  readonly sizeBytes: number;
  /** Bytes of each part; absent = put in one piece. */
  readonly parts?: readonly number[];
}

// Of more than 64 MiB the embedded S3 digests the description, so that large objects cost no more than small ones.
const LARGE = 140 * MIB;
const layouts: readonly Omit<Content, 'letter'>[] = [
  { sizeBytes: 0 },
  { sizeBytes: 3 },
  { sizeBytes: 3, parts: [3] },
  { sizeBytes: 4 },
  { sizeBytes: LARGE },
  { sizeBytes: LARGE, parts: [70 * MIB, 70 * MIB] },
  { sizeBytes: LARGE, parts: [65 * MIB, 66 * MIB, 9 * MIB] },
];
const content: fc.Arbitrary<Content> = fc
  .tuple(fc.constantFrom(...layouts), fc.constantFrom('x', 'y'))
  .map(([layout, letter]) => ({ ...layout, letter: letter as 'x' | 'y' }));

const headers = fc.constantFrom<PutAttributes[]>(
  { system: { 'content-type': 'text/html' } },
  { system: { 'content-type': 'text/html', 'cache-control': 'no-store', expires: 'never' } },
  { user: { team: 'blue' } },
  { user: { team: 'grün' } },
);
const tags: fc.Arbitrary<ObjectVersion['tags']> = fc.constantFrom([], [['team', 'a+b =é :/@._-']], [['team', 'blue']]);
const storageClass = fc.constantFrom('STANDARD', 'STANDARD', 'STANDARD_IA', 'GLACIER_IR', 'DEEP_ARCHIVE');

const put = fc
  .record({ content, headers, tags, storageClass, encrypted: fc.constantFrom(false, false, true) })
  .map((put) => ({ name: 'put', ...put, apply: (bucket: Bucket, key: string) => putContent(bucket, key, put) }));
const putHeaders = headers.map((headers) => ({
  name: 'headers',
  headers,
  apply: (bucket: Bucket, key: string) => rewrite(bucket, key, headers),
}));
const retag = tags.map((tags) => ({
  name: 'tags',
  tags,
  apply(bucket: Bucket, key: string) {
    const object = bucket.get(key);
    if (object) object.tags = tags;
  },
}));
const remove = fc.constant({ name: 'delete', apply: (bucket: Bucket, key: string) => void bucket.remove(key) });
const transition = storageClass.map((storageClass) => ({
  name: 'transition',
  storageClass,
  /** A lifecycle rule's doing: no new version, no new date. */
  apply: (bucket: Bucket, key: string) => void Object.assign(bucket.get(key) ?? {}, { storageClass }),
}));
const restore = fc.constant({
  name: 'restore',
  apply(bucket: Bucket, key: string) {
    const object = bucket.get(key);
    if (object) object.restore = { ongoing: false, expires: new Date('2099-01-01T00:00:00Z') };
  },
});

export const changes: fc.Arbitrary<Change[]> = fc.array(
  fc
    .record({
      at: fc.constantFrom('source', 'source', 'source', 'destination') as fc.Arbitrary<Change['at']>,
      key: fc.constantFrom('a', 'b+ %2F', 'b/', 'b//c', '\uffff', '\u{1f600}'),
      afterMs: fc.constantFrom(0, 0, 300, 1000, 60_000),
      what: fc.oneof({ weight: 4, arbitrary: put }, putHeaders, retag, remove, transition, restore),
    })
    .map(({ what: { apply, ...what }, ...change }) => ({
      ...change,
      apply,
      toString: () => JSON.stringify({ ...change, ...what }),
    })),
  { maxLength: 14 },
);

interface Put {
  readonly content: Content;
  readonly headers: PutAttributes;
  readonly tags: ObjectVersion['tags'];
  readonly storageClass: string;
  readonly encrypted: boolean;
}

function putContent(bucket: Bucket, key: string, { content, headers, tags, storageClass, encrypted }: Put): void {
  const { sizeBytes, letter, parts } = content;
  const body = syntheticBody(sizeBytes, letter);
  const encryption = encrypted ? kms : bucket.encryption;
  bucket.put(key, body, { ...headers, tags, storageClass, ...asUploaded(body, parts, encryption) });
}

/** The same content put again with other headers. */
function rewrite(bucket: Bucket, key: string, headers: PutAttributes): void {
  const object = bucket.get(key);
  if (!object) return;
  const { body, tags, storageClass, encryption, parts } = object;
  const eTag = encryption.algorithm === 'AES256' ? object.eTag : opaque(object.eTag);
  bucket.put(key, body, { ...headers, tags, storageClass, encryption, eTag, ...(parts && { parts }) });
}
