import { readListPage } from '../../../lambdas/s3/answers/read-list-page';

function pageOf(keys: readonly string[], encodingType = ''): Buffer {
  const entries = keys.map(
    (key) =>
      `<Contents><Key>${key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>` +
      '<ETag>&quot;abc&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>',
  );
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult><Name>a-bucket</Name><Prefix></Prefix>${encodingType}` +
      `<KeyCount>${keys.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>${entries.join('')}</ListBucketResult>`,
  );
}

const read = (body: Buffer) => readListPage(body, 'a-bucket', '', { mayBePlain: true });
const keysOf = (body: Buffer) => read(body).objects.map(({ key }) => key);

describe('keys that are not said to be URL-encoded', () => {
  it.each(['', '<EncodingType></EncodingType>', '<EncodingType/>'])('are text: %j', (encodingType) => {
    const body = pageOf(['a b', 'a%20b', 'a+b', '&lt;&amp;&gt;', 'ü', '&#x1F600;'], encodingType);

    expect(keysOf(body)).toEqual(['a b', 'a%20b', 'a+b', '<&>', 'ü', '\u{1f600}']);
  });

  it.each([' ', '   ', '\t'])('may be blanks alone: %j', (key) => {
    expect(keysOf(pageOf(['a', key]))).toEqual(['a', key]);
  });

  it.each([
    ['a replacement character', 'a\ufffdb'],
    ['one at the end of a plain key', 'ab\ufffd'],
    ['one as a reference', 'a&#xFFFD;b'],
    ['a carriage return', 'a\rb'],
    ['a line break and blanks alone, as of layout', '\n  '],
    ['an entity that nobody knows', 'a&nbsp;b'],
  ])('are rejected if one of them holds what XML cannot: %s', (_what, key) => {
    expect(() => read(pageOf(['a', key]))).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });

  it.each([
    [['a', 'b/c'], false, undefined],
    [['a', 'b%20c', 'd+e'], false, 'b%20c'],
    [['d+e', 'a b'], true, 'd+e'],
    [['d+e', 'ü'], true, 'd+e'],
    [['100%'], true, undefined],
  ] as const)('are recognised as not encoded, or as ambiguous: %j', (keys, isSure, doubtful) => {
    expect(read(pageOf(keys)).plain).toEqual({ isSure, doubtful });
  });

  it('are an error on AWS', () => {
    expect(() => readListPage(pageOf(['a']), 'a-bucket', '')).toThrow('Expected the EncodingType url');
  });
});

describe('keys that are said to be URL-encoded', () => {
  it('are decoded, whoever says so', () => {
    const body = pageOf(['a+b', 'a%2Bb', '%EF%BF%BD'], '<EncodingType>url</EncodingType>');

    expect(keysOf(body)).toEqual(['a b', 'a+b', '\ufffd']);
    expect(read(body).plain).toBeUndefined();
  });

  it.each(['xml', 'URL', 'none'])('are rejected in an encoding that is not url: %s', (name) => {
    expect(() => read(pageOf(['a'], `<EncodingType>${name}</EncodingType>`))).toThrow('Expected the EncodingType url');
  });
});
