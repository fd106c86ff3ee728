import { type Compare, compareBy } from '../../lambdas/engine/compare';
import type { ListedObject, ObjectHead } from '../../lambdas/engine/object-store';
import type { SyncInput } from '../../statemachine/contract';

const plain = 'd41d8cd98f00b204e9800998ecf8427e';
const otherPlain = '0cc175b9c0f1b6a831c399e269772661';
const parts = `${plain}-2`;
const source: ListedObject = {
  key: 'k',
  sizeBytes: 1,
  eTag: plain,
  lastModified: 1_000_000,
  storageClass: 'STANDARD',
  archived: false,
};
const newer = { lastModified: 1_001_000 };
const sameSecond = { lastModified: 1_000_999 };
const older = { lastModified: 999_000 };

function verdict(strategy: SyncInput['compare'], destination: Partial<ListedObject>, from: Partial<ListedObject> = {}) {
  const compare: Compare = compareBy(strategy);
  const result = compare({ ...source, ...from }, { ...source, ...destination });
  return result.action === 'copy' ? result.reason : result.action;
}

it.each<[SyncInput['compare'], string, Partial<ListedObject>, Partial<ListedObject>, string]>([
  ['auto', 'another size', { sizeBytes: 2, ...newer }, {}, 'size'],
  ['auto', 'an equal ETag, destination newer', newer, {}, 'unchanged'],
  ['auto', 'an equal ETag in the same second', sameSecond, {}, 'inspect'],
  ['auto', 'an equal ETag, destination older', older, {}, 'inspect'],
  ['auto', 'a multipart ETag, destination newer', { eTag: parts, ...newer }, {}, 'unchanged'],
  ['auto', 'a multipart ETag at the source, destination newer', newer, { eTag: parts }, 'unchanged'],
  ['auto', 'a multipart ETag in the same second', { eTag: parts, ...sameSecond }, {}, 'etag'],
  ['auto', 'a multipart ETag, destination older', { eTag: parts, ...older }, {}, 'etag'],
  ['auto', 'another MD5, destination older', { eTag: otherPlain, ...older }, {}, 'etag'],
  ['auto', 'another MD5, destination newer', { eTag: otherPlain, ...newer }, {}, 'inspect'],
  ['size', 'another size', { sizeBytes: 2 }, {}, 'size'],
  ['size', 'another ETag', { eTag: otherPlain, ...older }, {}, 'unchanged'],
  ['etag', 'another size', { sizeBytes: 2 }, {}, 'size'],
  ['etag', 'another ETag', { eTag: otherPlain, ...newer }, {}, 'etag'],
  ['etag', 'an equal ETag', older, {}, 'unchanged'],
  ['size-and-time', 'another size', { sizeBytes: 2, ...newer }, {}, 'size'],
  ['size-and-time', 'a newer source', older, {}, 'time'],
  ['size-and-time', 'the same second', sameSecond, {}, 'unchanged'],
  ['size-and-time', 'a newer destination', newer, {}, 'unchanged'],
  ['metadata', 'another size', { sizeBytes: 2, ...newer }, {}, 'size'],
  ['metadata', 'nothing different', newer, {}, 'inspect'],
  ['checksum', 'another size', { sizeBytes: 2, ...newer }, {}, 'size'],
  ['checksum', 'nothing different', newer, {}, 'inspect'],
  ['always', 'nothing different', newer, {}, 'always'],
])('compare: %s, with %s', (strategy, _case, destination, from, expected) => {
  expect(verdict(strategy, destination, from)).toBe(expected);
});

const head: ObjectHead = {
  sizeBytes: 1,
  eTag: plain,
  lastModified: 0,
  storageClass: 'STANDARD',
  attributes: { contentType: 'text/html', metadata: { a: '1' } },
  opaqueETag: false,
  checksums: {},
  tagCount: 0,
};

function judge(destination: Partial<ListedObject>, here: ObjectHead): string | undefined {
  const result = compareBy('auto')(source, { ...source, ...destination });
  if (result.action !== 'inspect') throw new Error(`Expected to inspect, got ${result.action}`);
  return result.judge(head, here);
}

it.each<[string, ObjectHead['attributes']]>([
  ['content type', { contentType: 'text/plain', metadata: { a: '1' } }],
  ['cache control', { contentType: 'text/html', cacheControl: 'no-store', metadata: { a: '1' } }],
  ['content disposition', { contentType: 'text/html', contentDisposition: 'inline', metadata: { a: '1' } }],
  ['content encoding', { contentType: 'text/html', contentEncoding: 'gzip', metadata: { a: '1' } }],
  ['content language', { contentType: 'text/html', contentLanguage: 'de', metadata: { a: '1' } }],
  ['expires', { contentType: 'text/html', expires: 'never', metadata: { a: '1' } }],
  ['website redirect', { contentType: 'text/html', websiteRedirect: '/x', metadata: { a: '1' } }],
  ['a metadata value', { contentType: 'text/html', metadata: { a: '2' } }],
  ['a metadata name', { contentType: 'text/html', metadata: { b: '1' } }],
  ['more metadata', { contentType: 'text/html', metadata: { a: '1', b: '2' } }],
])('copies an equal ETag that is not older because of another %s', (_what, attributes) => {
  expect(judge(older, { ...head, attributes })).toBe('metadata');
  expect(judge(older, head)).toBeUndefined();
});

it('takes another MD5 at a newer destination for a change, unless one side is encrypted with a key', () => {
  const changed = { eTag: otherPlain, ...newer };
  expect(judge(changed, { ...head, eTag: otherPlain })).toBe('etag');
  expect(judge(changed, { ...head, eTag: otherPlain, opaqueETag: true })).toBeUndefined();
});

describe('with HeadObject on both sides', () => {
  const page: ObjectHead = { ...head, lastModified: 1_000_000 };
  const other = { attributes: { contentType: 'text/plain', metadata: {} } };
  const crc = (value: string) => ({ checksums: { CRC64NVME: value } });

  function judgeBy(strategy: SyncInput['compare'], there: Partial<ObjectHead>, here: Partial<ObjectHead>) {
    const result = compareBy(strategy)(source, source);
    if (result.action !== 'inspect') throw new Error(`Expected to inspect, got ${result.action}`);
    expect(result.checksums).toBe(strategy === 'checksum');
    return result.judge({ ...page, ...there }, { ...page, ...here });
  }

  it.each<[SyncInput['compare'], string, Partial<ObjectHead>, Partial<ObjectHead>, string | undefined]>([
    ['metadata', 'nothing different', {}, older, undefined],
    ['metadata', 'other headers at a newer destination', {}, { ...other, ...newer }, 'metadata'],
    ['metadata', 'another MD5 at a newer destination', {}, { eTag: otherPlain, ...newer }, 'etag'],
    ['metadata', 'a multipart ETag, destination newer', { eTag: parts }, newer, undefined],
    ['metadata', 'a multipart ETag, destination not newer', { eTag: parts }, sameSecond, 'etag'],
    [
      'metadata',
      'a key of its own, destination newer',
      {},
      { eTag: otherPlain, opaqueETag: true, ...newer },
      undefined,
    ],
    ['metadata', 'a key of its own, destination older', {}, { eTag: otherPlain, opaqueETag: true, ...older }, 'etag'],
    ['metadata', 'a multipart ETag and other headers', { eTag: parts }, { ...other, ...newer }, 'metadata'],
    [
      'checksum',
      'equal checksums, whatever ETag and time',
      { eTag: parts, ...crc('x') },
      { ...crc('x'), ...older },
      undefined,
    ],
    ['checksum', 'other checksums, whatever ETag and time', crc('x'), { ...crc('y'), ...newer }, 'checksum'],
    ['checksum', 'equal checksums and other headers', crc('x'), { ...crc('x'), ...other }, 'metadata'],
    ['checksum', 'no algorithm in common, equal ETags', crc('x'), { checksums: { SHA256: 'x' } }, undefined],
    ['checksum', 'no checksums, another MD5', {}, { eTag: otherPlain, ...newer }, 'etag'],
  ])('compare: %s, with %s', (strategy, _case, there, here, expected) => {
    expect(judgeBy(strategy, there, here)).toBe(expected);
  });
});
