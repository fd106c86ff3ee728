import fc from 'fast-check';
import { type Body, type Bucket, bytesBody, type Encryption, type PutAttributes, syntheticBody } from '../../local/s3';
import { asUploaded, MIB } from '../support/put-in-parts';

/** When the first objects of a case were written, in seconds since 1970: long before any run. */
export const FIRST_SECOND = Date.parse('2026-01-01T00:00:00Z') / 1000;

const KEY: Encryption = { algorithm: 'aws:kms', kmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' };

/** How an object was uploaded; contents of one size can be told apart by their letters alone. */
interface Layout {
  readonly sizeBytes: number;
  readonly parts?: readonly number[];
}

const layouts = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom<Layout>({ sizeBytes: 0 }, { sizeBytes: 3 }, { sizeBytes: 3 }, { sizeBytes: 4 }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Layout>({ sizeBytes: 3, parts: [3] }, { sizeBytes: 4, parts: [4] }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Layout>(
      { sizeBytes: 140 * MIB },
      { sizeBytes: 140 * MIB, parts: [70 * MIB, 70 * MIB] },
      { sizeBytes: 140 * MIB, parts: [65 * MIB, 66 * MIB, 9 * MIB] },
    ),
  },
);

const attributes: fc.Arbitrary<PutAttributes> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<PutAttributes>(
      { system: { 'content-type': 'text/html' } },
      { system: { 'content-type': 'text/html', 'cache-control': 'no-store' } },
      { user: { team: 'blue' } },
      { user: { team: 'grün' } },
    ),
  },
);

export const anObject = fc.record({
  layout: layouts,
  letter: fc.constantFrom('x', 'y'),
  attributes,
  tags: fc.constantFrom<[string, string][]>([], [], [], [['team', 'a+b =é']], [['team', 'blue']]),
  storageClass: fc.oneof(
    { weight: 12, arbitrary: fc.constant('STANDARD') },
    { weight: 2, arbitrary: fc.constantFrom('STANDARD_IA', 'DEEP_ARCHIVE') },
  ),
  /** What was uploaded in parts, and by older tools, has a checksum of the parts' checksums: it proves nothing about others. */
  composite: fc.boolean(),
  encrypted: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  /** After the first moment of all. */
  second: fc.nat(4),
});

export type ObjectSpec = typeof anObject extends fc.Arbitrary<infer Spec> ? Spec : never;

/** Of large ones nothing is kept in memory. */
function bodyOf(sizeBytes: number, letter: string): Body {
  return sizeBytes < MIB ? bytesBody(Buffer.from(letter.repeat(sizeBytes))) : syntheticBody(sizeBytes, letter);
}

/** Puts an object without a request. With a key no two uploads have one ETag, though it looks as always. */
export function putObject(bucket: Bucket, key: string, spec: ObjectSpec): void {
  const { layout, letter, attributes: headers, tags, storageClass, second } = spec;
  const body = bodyOf(layout.sizeBytes, letter);
  const encryption = spec.encrypted ? KEY : bucket.encryption;
  bucket.put(key, body, {
    ...headers,
    tags,
    storageClass,
    ...asUploaded(body, layout.parts, encryption),
    lastModified: new Date((FIRST_SECOND + second) * 1000),
    ...(layout.parts &&
      spec.composite && {
        checksum: { algorithm: 'CRC32', type: 'COMPOSITE', value: `AAAAAA==-${layout.parts.length}` },
      }),
  });
}
