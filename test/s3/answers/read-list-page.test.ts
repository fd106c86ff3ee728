import type { PageStart } from '../../../lambdas/s3/answers/page-facts';
import { readListPage } from '../../../lambdas/s3/answers/read-list-page';

const read = (body: string, prefix = '') => readListPage(Buffer.from(body), 'a-bucket', prefix);

const first = { sizeBytes: 3, eTag: 'acbd18db4cc2f85cedef654fccc4a4d8', lastModified: Date.UTC(2026, 0, 2, 3, 4, 5) };
const second = {
  sizeBytes: 0,
  eTag: 'd41d8cd98f00b204e9800998ecf8427e-2',
  lastModified: Date.UTC(2026, 0, 2, 3, 4, 6, 789),
};

/** Each server's own order, quotes and additions, for the two keys `a b` and `ü`. */
const servers: Record<string, string> = {
  AWS: `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a-bucket</Name><Prefix></Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>a+b</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;acbd18db4cc2f85cedef654fccc4a4d8&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>%C3%BC</Key><LastModified>2026-01-02T03:04:06.789Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e-2&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>`,
  MinIO: `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a-bucket</Name><Prefix></Prefix><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><Delimiter></Delimiter><IsTruncated>false</IsTruncated><Contents><Key>a+b</Key><LastModified>2026-01-02T03:04:05Z</LastModified><ETag>&#34;acbd18db4cc2f85cedef654fccc4a4d8&#34;</ETag><Size>3</Size><Owner><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName>minio</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>%C3%BC</Key><LastModified>2026-01-02T03:04:06.789Z</LastModified><ETag>&#34;d41d8cd98f00b204e9800998ecf8427e-2&#34;</ETag><Size>0</Size><Owner><ID>02d6176db174dc93cb1b899f7c6078f08654445fe8cf1b6ce98d8855f66bdbf4</ID><DisplayName>minio</DisplayName></Owner><StorageClass>STANDARD</StorageClass></Contents><EncodingType>url</EncodingType></ListBucketResult>`,
  versitygw: `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Contents><ETag>acbd18db4cc2f85cedef654fccc4a4d8</ETag><Key>a%20b</Key><LastModified>2026-01-02T03:04:05Z</LastModified><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><ETag>d41d8cd98f00b204e9800998ecf8427e-2</ETag><Key>%C3%BC</Key><LastModified>2026-01-02T03:04:06.789Z</LastModified><Size>0</Size><StorageClass>STANDARD</StorageClass></Contents><ContinuationToken></ContinuationToken><Delimiter></Delimiter><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><Name>a-bucket</Name><Prefix></Prefix><StartAfter></StartAfter></ListBucketResult>`,
  Ceph: `<?xml version="1.0" encoding="UTF-8"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a-bucket</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><EncodingType>url</EncodingType><KeyCount>2</KeyCount><Contents><Key>a%20b</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;acbd18db4cc2f85cedef654fccc4a4d8&quot;</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents><Contents><Key>%C3%BC</Key><LastModified>2026-01-02T03:04:06.789Z</LastModified><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e-2&quot;</ETag><Size>0</Size><StorageClass>STANDARD</StorageClass><Type>Normal</Type></Contents></ListBucketResult>`,
  'moto, as it indents': `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
  <Name>a-bucket</Name>
  <Prefix></Prefix>
  <MaxKeys>1000</MaxKeys>
  <KeyCount>2</KeyCount>
  <EncodingType>url</EncodingType>
  <IsTruncated>false</IsTruncated>
  <Contents>
    <Key>a%20b</Key>
    <LastModified>2026-01-02T03:04:05Z</LastModified>
    <ETag>&quot;acbd18db4cc2f85cedef654fccc4a4d8&quot;</ETag>
    <Size>3</Size>
    <StorageClass>STANDARD</StorageClass>
    <ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>
    <ChecksumType>FULL_OBJECT</ChecksumType>
  </Contents>
  <Contents>
    <Key>%C3%BC</Key>
    <LastModified>2026-01-02T03:04:06.789Z</LastModified>
    <ETag>&quot;d41d8cd98f00b204e9800998ecf8427e-2&quot;</ETag>
    <Size>0</Size>
  </Contents>
</ListBucketResult>
`,
  Google: `<?xml version='1.0' encoding='UTF-8'?><ListBucketResult xmlns='http://doc.s3.amazonaws.com/2006-03-01'><Name>a-bucket</Name><Prefix/><KeyCount>2</KeyCount><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated><Contents><Key>a%20b</Key><Generation>1</Generation><MetaGeneration>1</MetaGeneration><LastModified>2026-01-02T03:04:05Z</LastModified><ETag>"acbd18db4cc2f85cedef654fccc4a4d8"</ETag><Size>3</Size></Contents><Contents><Key>%C3%BC</Key><Generation>2</Generation><MetaGeneration>1</MetaGeneration><LastModified>2026-01-02T03:04:06.789Z</LastModified><ETag>"d41d8cd98f00b204e9800998ecf8427e-2"</ETag><Size>0</Size></Contents></ListBucketResult>`,
};

describe('a list page', () => {
  it.each(Object.entries(servers))('of %s is understood', (_server, body) => {
    const { objects, next } = read(body);

    expect(objects).toEqual([
      expect.objectContaining({ ...first, key: 'a b', storageClass: 'STANDARD', archived: false }),
      expect.objectContaining({ ...second, key: 'ü', storageClass: 'STANDARD', archived: false }),
    ]);
    expect(next).toBeUndefined();
  });

  it.each(['<Prefix/>', '<Prefix />', '<Prefix\n/>'])('has an empty element written as %j', (element) => {
    expect(read(AWS.replace('<Prefix></Prefix>', element)).objects).toHaveLength(2);
  });

  it('has relative keys', () => {
    const body = AWS.replaceAll('<Key>', '<Key>a+site/').replace('<Prefix></Prefix>', '<Prefix>a+site/</Prefix>');

    expect(read(body, 'a site/').objects.map(({ key }) => key)).toEqual(['a b', 'ü']);
  });

  it.each([
    ['', true, undefined],
    ['<IsRestoreInProgress>true</IsRestoreInProgress>', true, true],
    [
      '<IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2026-12-21T00:00:00.000Z</RestoreExpiryDate>',
      false,
      undefined,
    ],
    [
      '<RestoreExpiryDate>2026-12-21T00:00:00.000Z</RestoreExpiryDate><IsRestoreInProgress>false</IsRestoreInProgress>',
      false,
      undefined,
    ],
  ])(
    'says of an archived object with the status "%s" whether it can be read, or S3 restores it',
    (status, archived, restoring) => {
      const restore = status && `<RestoreStatus>${status}</RestoreStatus>`;
      const body = AWS.replace('<StorageClass>STANDARD<', '<StorageClass>GLACIER<').replace(
        '</Contents>',
        `${restore}</Contents>`,
      );

      expect(read(body).objects[0]).toMatchObject({ storageClass: 'GLACIER', archived, restoring });
    },
  );

  it('has the first of several checksums', () => {
    const body = AWS.replace('<ChecksumType>', '<ChecksumAlgorithm>SHA256</ChecksumAlgorithm><ChecksumType>');

    expect(read(body).objects.map(({ checksum }) => checksum)).toEqual([
      { algorithm: 'CRC64NVME', type: 'FULL_OBJECT' },
      undefined,
    ]);
  });

  it.each<[what: string, change: (body: string) => string, message: string]>([
    [
      'common prefixes',
      (body) => body.replace('<Name>', '<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes><Name>'),
      'CommonPrefixes',
    ],
    ['an element twice in an entry', (body) => body.replace('<Size>', '<Size>3</Size><Size>'), 'one <Size>'],
    ['a fact twice', (body) => body.replace('<Name>', '<KeyCount>2</KeyCount><Name>'), 'KeyCount'],
    ['another bucket', (body) => body.replace('a-bucket', 'b-bucket'), 'b-bucket'],
    ['another prefix', (body) => body.replace('<Prefix>', '<Prefix>a'), 'Prefix'],
    ['an entry that is not closed', (body) => body.replace('</Contents>', ''), '<Contents>'],
    ['an element with an attribute', (body) => body.replace('<Size>', '<Size unit="byte">'), 'Size'],
    ['a prefix of names', (body) => body.replaceAll(/<(\/?)(\w)/g, '<$1s3:$2'), 'ListBucketResult'],
    ['CDATA', (body) => body.replace('a+b', '<![CDATA[a+b]]>'), '<Key>'],
    ['a comment', (body) => body.replace('<Name>', '<!-- fast --><Name>'), '<!-- fast'],
    ['an entity of its own', (body) => body.replace('a+b', 'a&nbsp;b'), 'a&nbsp;b'],
    ['an encoded key that is no UTF-8', (body) => body.replace('a+b', 'a%FF'), 'a%FF'],
    ['an empty key', (body) => body.replace('a+b', ''), '<Key>'],
    ['a size with a sign', (body) => body.replace('<Size>3', '<Size>-3'), '<Size>'],
    ['a size that no number can hold', (body) => body.replace('<Size>3', '<Size>90071992547409930'), '<Size>'],
    ['a day that does not exist', (body) => body.replace('2026-01-02', '2026-02-30'), 'LastModified'],
    [
      'a restored copy, of whatever class, that expires on a day that does not exist',
      (body) =>
        body.replace(
          '</Contents>',
          '<RestoreStatus><RestoreExpiryDate>2026-21-01T00:00:00.000Z</RestoreExpiryDate></RestoreStatus></Contents>',
        ),
      'RestoreExpiryDate',
    ],
    ['a time without a zone', (body) => body.replace('05.000Z', '05.000'), 'LastModified'],
    ['a byte behind its end', (body) => `${body}x`, '>x'],
    [
      'the list of another version of the API',
      (body) => body.replace('<KeyCount>', '<Marker></Marker><KeyCount>'),
      'Marker',
    ],
  ])('with %s is rejected', (_what, change, message) => {
    const changed = change(AWS);

    expect(changed).not.toBe(AWS);
    expect(() => read(changed)).toThrow(
      expect.objectContaining({ name: 'ListingError', message: expect.stringContaining(message) }),
    );
  });

  it.each<[what: string, asked: PageStart, facts: string]>([
    ['nothing of it', { startAfter: 'a/b' }, ''],
    ['nothing of a continuation', { continuation: 'tok' }, ''],
    ['empty elements', {}, '<StartAfter></StartAfter><ContinuationToken/>'],
    ['empty elements of all', { startAfter: 'a/b' }, '<StartAfter/><ContinuationToken></ContinuationToken>'],
    ['StartAfter as AWS encodes it', { startAfter: 'a/ü +' }, '<StartAfter>a/%C3%BC+%2B</StartAfter>'],
    ['StartAfter as others encode it', { startAfter: 'a/ü +' }, '<StartAfter>a%2F%C3%BC%20+</StartAfter>'],
    ['StartAfter as it is', { startAfter: 'a/ü +%&' }, '<StartAfter>a/ü +%&amp;</StartAfter>'],
    ['StartAfter encoded twice', { startAfter: 'a/b' }, '<StartAfter>a%252Fb</StartAfter>'],
    ['what XML cannot hold', { startAfter: 'a\u0001' }, '<StartAfter>a?</StartAfter>'],
    ['white space that is lost', { startAfter: 'a ' }, '<StartAfter>a</StartAfter>'],
    [
      'a character that not all encode alike',
      { startAfter: 'a\u{1f600}' },
      '<StartAfter>a%ED%A0%BD%ED%B8%80</StartAfter>',
    ],
    [
      'a token as AWS writes it',
      { continuation: '1ueGc/XYE+w=' },
      '<ContinuationToken>1ueGc/XYE+w=</ContinuationToken>',
    ],
    ['a token that is encoded', { continuation: '1/a+b=' }, '<ContinuationToken>1%2Fa%2Bb%3D</ContinuationToken>'],
    ['a StartAfter of its own beside a token', { continuation: 'tok' }, '<StartAfter>z</StartAfter>'],
    [
      'StartAfter as a token, too',
      { startAfter: 'a' },
      '<StartAfter>a</StartAfter><ContinuationToken>a</ContinuationToken>',
    ],
  ])('may repeat of the request %s', (_what, asked, facts) => {
    expect(readListPage(answerWith(facts), 'a-bucket', '', asked).objects).toHaveLength(2);
  });

  it.each<[what: string, asked: PageStart, facts: string]>([
    ['a later start', { startAfter: 'a' }, '<StartAfter>m</StartAfter>'],
    ['a later start, encoded', { startAfter: 'a b' }, '<StartAfter>m%20n</StartAfter>'],
    ['a start where none was given', {}, '<StartAfter>m</StartAfter>'],
    ['another token', { continuation: 'tok' }, '<ContinuationToken>other</ContinuationToken>'],
    ['a token instead of a start', { startAfter: 'a' }, '<ContinuationToken>tok</ContinuationToken>'],
    ['a token where none was given', {}, '<ContinuationToken>tok</ContinuationToken>'],
  ])('that answers a request with %s is rejected', (_what, asked, facts) => {
    expect(() => readListPage(answerWith(facts), 'a-bucket', '', asked)).toThrow(
      expect.objectContaining({ name: 'ListingError', message: expect.stringMatching(/StartAfter|ContinuationToken/) }),
    );
  });

  it('that is no UTF-8 is rejected', () => {
    const body = Buffer.concat([Buffer.from(AWS.replace('a+b', '')), Buffer.from([0xff])]);

    expect(() => readListPage(body, 'a-bucket', '')).toThrow(expect.objectContaining({ name: 'ListingError' }));
  });
});

const AWS = servers.AWS as string;
const answerWith = (facts: string) => Buffer.from(AWS.replace('<KeyCount>', `${facts}<KeyCount>`));
