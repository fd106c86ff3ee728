import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
} from '@aws-sdk/client-s3';
import { inListOrder } from './awkward-keys';
import { behaviour, decodeListed, describeContract, refused } from './contract';

describeContract('lists', (s3) => {
  const list = (bucket: string, more: Partial<ListObjectsV2CommandInput> = {}) =>
    s3.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));

  const keysOf = async (bucket: string, more: Partial<ListObjectsV2CommandInput> = {}) =>
    ((await list(bucket, more)).Contents ?? []).map(({ Key }) => Key);

  /** Every page of a listing. */
  async function pagesOf(bucket: string, more: Partial<ListObjectsV2CommandInput> = {}) {
    const pages = [await list(bucket, more)];
    for (;;) {
      const token = pages.at(-1)?.NextContinuationToken;
      if (token === undefined) {
        return pages;
      }
      pages.push(await list(bucket, { ...more, ContinuationToken: token }));
    }
  }

  behaviour('an empty bucket lists nothing and is not truncated', async () => {
    const page = await list(await s3.bucket());

    expect(page).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 1000 });
    expect(page.Contents).toBeUndefined();
  });

  behaviour('keys come in the order of their UTF-8 bytes, not of their UTF-16 units', async () => {
    const keys = ['b', 'a/b', 'a', 'a-x', 'A', '\u{1f600}', '\ufffd', '\ue000', 'é', 'z', '~'];
    const bucket = await s3.bucketOf(...keys);

    expect(await keysOf(bucket)).toEqual(inListOrder(keys));
  });

  behaviour('pages of any size give every key once and in order', async () => {
    const keys = Array.from({ length: 25 }, (_, i) => `key ${String(i).padStart(2, '0')}`);
    const bucket = await s3.bucketOf(...keys);

    for (const size of [1, 3, 5, 24, 25]) {
      const pages = await pagesOf(bucket, { MaxKeys: size });

      expect(pages.flatMap((page) => (page.Contents ?? []).map(({ Key }) => Key))).toEqual(keys);
      expect(pages).toHaveLength(Math.ceil(keys.length / size));
      expect(pages.at(-1)?.IsTruncated).toBe(false);
    }
  });

  behaviour('a page echoes its continuation token', async () => {
    const bucket = await s3.bucketOf('a', 'b');
    const [first, second] = await pagesOf(bucket, { MaxKeys: 1 });

    expect(second?.ContinuationToken).toBe(first?.NextContinuationToken);
    expect(second?.KeyCount).toBe(1);
  });

  behaviour('a continuation token that S3 did not give is an InvalidArgument', async () => {
    const bucket = await s3.bucketOf('a');

    expect(await refused(list(bucket, { ContinuationToken: 'garbage' }))).toBe('400 InvalidArgument');
  });

  behaviour('a listing goes on after keys that were deleted in the meantime', async () => {
    const bucket = await s3.bucketOf('a', 'b', 'c');
    const { NextContinuationToken } = await list(bucket, { MaxKeys: 1 });
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'a' }));
    await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: 'b' }));

    expect(await keysOf(bucket, { ContinuationToken: NextContinuationToken })).toEqual(['c']);
  });

  behaviour('StartAfter is exclusive and need not be a key', async () => {
    const bucket = await s3.bucketOf('a', 'b', 'c', 'd');

    expect(await keysOf(bucket, { StartAfter: 'b' })).toEqual(['c', 'd']);
    expect(await keysOf(bucket, { StartAfter: 'bb' })).toEqual(['c', 'd']);
    expect(await keysOf(bucket, { StartAfter: 'd' })).toEqual([]);
  });

  behaviour('StartAfter is overruled by a continuation token', async () => {
    const bucket = await s3.bucketOf('a', 'b', 'c', 'd');
    const { NextContinuationToken } = await list(bucket, { MaxKeys: 2 });

    expect(await keysOf(bucket, { StartAfter: 'c', ContinuationToken: NextContinuationToken })).toEqual(['c', 'd']);
  });

  behaviour('Prefix is a prefix of the key, whatever its characters', async () => {
    const bucket = await s3.bucketOf('a', 'a+', 'a+b', 'a/b', 'ab', 'é1', 'é2', 'ê');

    expect(await keysOf(bucket, { Prefix: 'a+' })).toEqual(['a+', 'a+b']);
    expect(await keysOf(bucket, { Prefix: 'é' })).toEqual(['é1', 'é2']);
    expect(await keysOf(bucket, { Prefix: 'a', StartAfter: 'a+b' })).toEqual(['a/b', 'ab']);
    expect(await keysOf(bucket, { Prefix: 'b', StartAfter: 'a' })).toEqual([]);
  });

  behaviour('Delimiter rolls keys up into common prefixes, which count as keys', async () => {
    const bucket = await s3.bucketOf('a', 'b/1', 'b/2', 'c', 'd//1', 'd/2');
    const page = await list(bucket, { Delimiter: '/' });

    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['a', 'c']);
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/', 'd/']);
    expect(page.KeyCount).toBe(4);
    expect(page.Delimiter).toBe('/');
  });

  behaviour('pages with a delimiter give each key and common prefix once', async () => {
    const bucket = await s3.bucketOf('a', 'b/1', 'b/2', 'b/3', 'c', 'd/1', 'e');
    const pages = await pagesOf(bucket, { Delimiter: '/', MaxKeys: 1 });

    expect(pages.map(({ Contents, CommonPrefixes }) => Contents?.[0]?.Key ?? CommonPrefixes?.[0]?.Prefix)).toEqual([
      'a',
      'b/',
      'c',
      'd/',
      'e',
    ]);
  });

  behaviour('Delimiter applies after the prefix and can be longer than a character', async () => {
    const bucket = await s3.bucketOf('p/a--1', 'p/a--2', 'p/b', 'p--c');
    const page = await list(bucket, { Prefix: 'p/', Delimiter: '--' });

    expect(page.Contents?.map(({ Key }) => Key)).toEqual(['p/b']);
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['p/a--']);
  });

  behaviour('MaxKeys 0 lists nothing and is not truncated', async () => {
    expect(await list(await s3.bucketOf('a'), { MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false });
  });

  behaviour('MaxKeys above 1000 counts as 1000', async () => {
    expect(await list(await s3.bucketOf('a'), { MaxKeys: 5000 })).toMatchObject({ MaxKeys: 1000 });
  });

  behaviour('EncodingType url writes a space as + and leaves slashes', async () => {
    const bucket = await s3.bucketOf('a b/c+d', '한글/100%');
    await list(bucket, { EncodingType: 'url' });

    expect(s3.handler.lastBody).toContain('<Key>a+b/c%2Bd</Key>');
    expect(s3.handler.lastBody).toContain('<Key>%ED%95%9C%EA%B8%80/100%25</Key>');
    expect(s3.handler.lastBody).toContain('<EncodingType>url</EncodingType>');
  });

  behaviour('EncodingType url encodes prefix, delimiter, StartAfter and common prefixes too', async () => {
    const bucket = await s3.bucketOf('p +a +1', 'p +b');
    const page = await list(bucket, { EncodingType: 'url', Prefix: 'p +', Delimiter: ' +', StartAfter: 'p +' });

    expect(page).toMatchObject({ Prefix: 'p+%2B', Delimiter: '+%2B', StartAfter: 'p+%2B' });
    expect(page.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['p+%2Ba+%2B']);
    expect(page.Contents?.map(({ Key }) => decodeListed(Key))).toEqual(['p +b']);
  });

  behaviour('without EncodingType, control characters come as character references', async () => {
    const bucket = await s3.bucketOf('a\u0001b', 'c\rd');
    await list(bucket).catch(() => undefined); // an XML parser may well refuse it

    expect(s3.handler.lastBody).toMatch(/<Key>a&#(x0*1|0*1);b<\/Key>/i);
    expect(s3.handler.lastBody).toMatch(/<Key>c&#(x0*d|0*13);d<\/Key>/i);
  });

  behaviour('an unknown EncodingType is an InvalidArgument', async () => {
    const bucket = await s3.bucket();

    expect(await refused(list(bucket, { EncodingType: 'base64' as 'url' }))).toBe('400 InvalidArgument');
  });

  behaviour('an entry has the quoted ETag, size, class and whole-second time of its object', async () => {
    const bucket = await s3.bucket();
    await s3.put(bucket, 'key', 'hello', { StorageClass: 'STANDARD_IA' });
    const [entry] = (await list(bucket)).Contents ?? [];
    const head = await s3.head(bucket, 'key');

    expect(entry).toMatchObject({
      Key: 'key',
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      Size: 5,
      StorageClass: 'STANDARD_IA',
    });
    expect(entry?.LastModified).toEqual(head.LastModified);
  });

  behaviour('an entry names the checksum algorithm and type of its object', async () => {
    const bucket = await s3.bucket();
    await s3.put(bucket, 'key', 'hello', { ChecksumAlgorithm: 'SHA256' });

    expect((await list(bucket)).Contents?.[0]).toMatchObject({
      ChecksumAlgorithm: ['SHA256'],
      ChecksumType: 'FULL_OBJECT',
    });
  });

  behaviour('owners are listed when they are asked for', async () => {
    const bucket = await s3.bucketOf('a');

    expect((await list(bucket)).Contents?.[0]?.Owner).toBeUndefined();
    expect((await list(bucket, { FetchOwner: true })).Contents?.[0]?.Owner?.ID).toMatch(/./);
  });

  behaviour('the first version of the list pages by marker', async () => {
    const bucket = await s3.bucketOf('a', 'b/1', 'b/2', 'c');
    const page = (Marker?: string) =>
      s3.send(new ListObjectsCommand({ Bucket: bucket, MaxKeys: 2, Delimiter: '/', Marker }));
    const first = await page();

    expect(first.Contents?.map(({ Key }) => Key)).toEqual(['a']);
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'b/' });
    expect((await page('b/')).Contents?.map(({ Key }) => Key)).toEqual(['c']);
  });

  behaviour('a missing bucket cannot be listed', async () => {
    expect(await refused(list('contract-no-such-bucket'))).toBe('404 NoSuchBucket');
  });
});
