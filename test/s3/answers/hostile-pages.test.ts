import { readCopyResult } from '../../../lambdas/s3/answers/copy-result';
import { readListPage } from '../../../lambdas/s3/answers/read-list-page';
import { readVersionsPage } from '../../../lambdas/s3/answers/read-versions-page';

/** So much that reading it twice for each character would take hours. */
const MANY = 2_000_000;
const spaces = ' \t\n'.repeat(MANY / 3);

const ENTRY =
  '<Contents><Key>a</Key><LastModified>2026-01-02T03:04:05Z</LastModified><ETag>"a"</ETag><Size>1</Size></Contents>';
const page = (entries: string, facts = '') =>
  `<ListBucketResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${facts}${entries}</ListBucketResult>`;
const withElement = (element: string) => page(ENTRY.replace('</Contents>', `${element}</Contents>`));
const read = (body: string, prefix = '') => readListPage(Buffer.from(body), 'a-bucket', prefix);

describe('a list page', () => {
  it.each([
    ['in an owner', withElement(`<Owner>${spaces}x</Owner>`)],
    ['in an owner, between its elements', withElement(`<Owner><ID>1</ID>${spaces}x</Owner>`)],
    ['in an owner, behind its other element', withElement(`<Owner><DisplayName>1</DisplayName>${spaces}<x/></Owner>`)],
    ['in the tag of an empty element', withElement(`<Owner><ID${' '.repeat(MANY)}x/></Owner>`)],
    ['in a restore status', withElement(`<RestoreStatus>${spaces}x</RestoreStatus>`)],
    [
      'in a restore status, behind an element',
      withElement(`<RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress>${spaces}<x></RestoreStatus>`),
    ],
    ['in front of an element that is unknown', withElement(`${spaces}<!x/>`)],
    ['in front of the end of an entry, which does not come', page(ENTRY.replace('</Contents>', spaces))],
    ['in front of all', `${spaces}x`],
    ['in front of the root, behind the declaration', `<?xml version="1.0"?>${spaces}x`],
    ['in the declaration', `<?xml version="1.0"${spaces}x?><ListBucketResult>`],
    ['in the tag of the root', `<ListBucketResult${spaces}x<`],
    ['in a fact', page('', `<Name${' '.repeat(MANY)}x/>`)],
    ['behind the end', `${page(ENTRY)}${spaces}x`],
  ])('with white space without end %s is rejected in one pass', (_where, body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });

  it('with as much white space where it may be is read in one pass', () => {
    const body = withElement(`<Owner>${spaces}</Owner>`).replaceAll('><', `>${spaces.slice(0, 100_000)}<`);

    expect(read(body).objects).toHaveLength(1);
  });

  it.each<[what: string, element: (name: string) => string]>([
    ['text of an ignored element', (text) => `<Owner><ID>${text}</ID></Owner>`],
    ['storage class', (text) => `<StorageClass>${text}</StorageClass>`],
    [
      'checksum algorithm',
      (text) => `<ChecksumAlgorithm>${text}</ChecksumAlgorithm><ChecksumType>COMPOSITE</ChecksumType>`,
    ],
    ['type of checksum', (text) => `<ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>${text}</ChecksumType>`],
  ])('with an endless %s is rejected', (_what, element) => {
    expect(read(withElement(element('a'))).objects).toHaveLength(1);
    expect(() => read(withElement(element('a'.repeat(MANY))))).toThrow(
      expect.objectContaining({ name: 'ListingError' }),
    );
  });

  it.each([
    ['plain', (text: string) => `"${text}"`],
    ['as text that is not quoted', (text: string) => text],
    ['escaped', (text: string) => `&quot;${text}&quot;`],
  ])('has no ETag, %s, that the state of an execution has no room for', (_how, write) => {
    const withETag = (length: number) => page(ENTRY.replace('"a"', write('a'.repeat(length))));

    expect(read(withETag(256)).objects[0]?.eTag).toHaveLength(256);
    expect(() => read(withETag(257))).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });

  it.each([
    'a&#10;b',
    'a&#xd;&#xA;x-amz-tagging: a',
    'a\nb',
    'a\tb',
    '&#127;',
    '&#x9b;2J',
    '\u009b2J',
    '&#x202e;a',
    'ü',
  ])('has no ETag that a header could not carry or a terminal would obey: %j', (text) => {
    for (const eTag of [text, `"${text}"`, `&quot;${text}&quot;`]) {
      expect(() => read(page(ENTRY.replace('"a"', eTag)))).toThrow(
        expect.objectContaining({ name: 'ListingError', message: expect.stringContaining('an ETag of printable') }),
      );
    }
  });

  it.each(['StorageClass', 'ChecksumAlgorithm', 'ChecksumType'])('has no %s that a terminal would obey', (name) => {
    for (const text of ['A&#27;[2J', 'A\nB', 'A\u009b', 'A B']) {
      expect(() => read(withElement(`<${name}>${text}</${name}>`))).toThrow(
        expect.objectContaining({ name: 'ListingError' }),
      );
    }
  });

  it('has no continuation token that no request could carry', () => {
    const withToken = (length: number) =>
      page(ENTRY, `<NextContinuationToken>${'t'.repeat(length)}</NextContinuationToken>`).replace('false', 'true');

    expect(read(withToken(8192)).next).toHaveLength(8192);
    expect(() => read(withToken(8193))).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });

  it.each([
    ['of ASCII', 'k'.repeat(1024), 'k'],
    ['of two bytes', 'ü'.repeat(512), 'k'],
    ['of three bytes', `${'€'.repeat(341)}k`, 'k'],
    ['of four bytes', '😀'.repeat(256), 'k'],
  ])('has no key longer than S3 has them: %s', (_what, longest, more) => {
    const withKey = (key: string) => page(ENTRY.replace('>a<', `>${key}<`));

    for (const write of [encodeURIComponent, (key: string) => key]) {
      expect(read(withKey(write(longest))).objects[0]?.key).toBe(longest);
      expect(() => read(withKey(write(longest + more)))).toThrow(expect.objectContaining({ name: 'ListingError' }));
    }
  });

  it.each(['&#xd800;', '&#xDFFF;', '&#55296;', '&#xd83d;&#xde00;', '%ED%A0%80', '%C0%80', '%F8%88%80%80%80'])(
    'has no key that no UTF-8 can hold: %s',
    (key) => {
      expect(() => read(page(ENTRY.replace('>a<', `>${key}<`)))).toThrow(
        expect.objectContaining({ name: 'ListingError' }),
      );
    },
  );

  it('whose entries are all written in other ways is read in one pass', () => {
    const optional = [
      '<StorageClass>A</StorageClass>',
      '<Type>n</Type>',
      '<Generation>1</Generation>',
      '<ChecksumType>F</ChecksumType>',
    ];
    const entries = Array.from({ length: 20_000 }, (_, index) => {
      const extra = optional.filter((_element, bit) => (index >> bit) & 1);
      const order = index & 16 ? extra.reverse() : extra;
      return ENTRY.replace('</Contents>', `${order.join('')}</Contents>`).replace('>a<', `>${index}<`);
    });

    expect(read(page(entries.join(''))).objects.map(({ key }) => key)).toEqual(
      entries.map((_, index) => String(index)),
    );
  });

  it('with an entry of countless elements is rejected', () => {
    const many = '<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>'.repeat(50_000);

    expect(() => read(withElement(many))).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });

  it('says what is wrong in a few words, however much of it there is', () => {
    const body = page(ENTRY.replace('>a<', `>${'k'.repeat(MANY)}<`));

    expect(() => read(body)).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/.{1000}/s) }));
  });
});

describe('a page of versions', () => {
  const VERSION =
    '<Version><Key>site/a</Key><VersionId>v1</VersionId><LastModified>2026-01-02T03:04:05Z</LastModified>' +
    '<ETag>&quot;a&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Version>';
  const pageOf = (entries: string, facts = '') =>
    `<ListVersionsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>${facts}${entries}</ListVersionsResult>`;
  const asked = { prefix: 'site/', keyMarker: 'site/Z' };
  const readVersions = (body: string) => readVersionsPage(Buffer.from(body), 'a-bucket', 'site/', asked);
  const refusal = expect.objectContaining({ name: 'ListingError', message: expect.not.stringMatching(/.{1000}/s) });

  it.each([
    ['white space in front of all', `${spaces}x`],
    ['white space behind the end', `${pageOf(VERSION)}${spaces}x`],
    ['versions that do not end', pageOf('<Version>'.repeat(MANY / 10))],
    ['delete markers that do not end', pageOf(`${VERSION}${'<DeleteMarker>'.repeat(MANY / 10)}`)],
    ['keys that do not end', pageOf(`<Version>${'<Key>'.repeat(MANY / 10)}</Version>`)],
  ])('with %s is rejected in one pass', (_what, body) => {
    expect(() => readVersions(body)).toThrow(refusal);
  });

  it.each([
    ['an ETag that ends a header', ['&quot;a&quot;', '&quot;a&#13;&#10;x-amz-tagging: a&quot;']],
    ['an endless ETag', ['&quot;a&quot;', 'a'.repeat(257)]],
    ['a storage class that a terminal would obey', ['STANDARD', 'A\u001b[2J']],
    ['an endless storage class', ['STANDARD', 'A'.repeat(65)]],
    ['a key that is too long', ['site/a', `site/${'a'.repeat(1020)}`]],
    ['a key of another folder', ['site/a', 'other/a']],
    [
      'a date of its restored copy that does not exist',
      ['<Size>', '<RestoreExpiryDate>2026-02-31</RestoreExpiryDate><Size>'],
    ],
  ] as const)('with %s is rejected', (_what, [from, to]) => {
    expect(readVersions(pageOf(VERSION)).versions).toHaveLength(1);
    expect(() => readVersions(pageOf(VERSION.replace(from, to)))).toThrow(refusal);
  });

  it.each([
    ['bucket', '<Name>b-bucket</Name>'],
    ['folder', '<Prefix>other/</Prefix>'],
    ['place', '<KeyMarker>site/A</KeyMarker>'],
  ])('of another %s, as a proxy may have kept it, is rejected', (_what, facts) => {
    expect(readVersions(pageOf(VERSION, '<Name>a-bucket</Name><Prefix>site%2F</Prefix>')).versions).toHaveLength(1);
    expect(() => readVersions(pageOf(VERSION, facts))).toThrow(refusal);
  });

  it('in bytes that are no text is rejected: a key could be another one', () => {
    const body = Buffer.from(pageOf(VERSION).replace('url', '').replace('site/a', 'site/\xe9'), 'latin1');

    expect(() => readVersionsPage(body, 'a-bucket', 'site/')).toThrow(refusal);
  });
});

describe("a copy's answer", () => {
  it.each([
    ['white space in front of it', `${spaces}x`],
    ['white space in its declaration', `<?xml${' '.repeat(MANY)}`],
    ['white space behind it', `<CopyObjectResult><ETag>"a"</ETag></CopyObjectResult>${spaces}x`],
    ['white space in its tag', `<CopyObjectResult${spaces}`],
    ['elements', `<CopyObjectResult>${'<a>x</a>'.repeat(100_000)}<`],
  ])('with %s without end is left to the SDK in one pass', (_what, body) => {
    expect(readCopyResult(Buffer.from(body))).toBeUndefined();
  });
});
