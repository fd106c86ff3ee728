import { Readable } from 'node:stream';
import {
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { behaviour, describeContract, refused, refusedStatus } from './contract';

const helloMd5 = '"5d41402abc4b2a76b9719d911017c592"';

describeContract('objects', (s3) => {
  let bucket: string;
  beforeAll(async () => {
    bucket = await s3.bucket();
  });

  behaviour('an object put and read has its content, MD5 as ETag, and length', async () => {
    const { ETag } = await s3.put(bucket, 'plain', 'hello');

    expect(ETag).toBe(helloMd5);
    expect(await s3.text(bucket, 'plain')).toBe('hello');
    expect(await s3.head(bucket, 'plain')).toMatchObject({ ETag, ContentLength: 5, AcceptRanges: 'bytes' });
  });

  behaviour('an object can be empty', async () => {
    await s3.put(bucket, 'empty', '', { ContentLength: 0 });

    expect(await s3.text(bucket, 'empty')).toBe('');
    expect((await s3.head(bucket, 'empty')).ETag).toBe('"d41d8cd98f00b204e9800998ecf8427e"');
  });

  behaviour('a body sent as a stream, in chunks with a trailer, arrives without them', async () => {
    const Body = Readable.from([Buffer.from('hel'), Buffer.from('lo')]);
    await s3.put(bucket, 'stream', undefined, { Body, ContentLength: 5, ContentEncoding: 'gzip' });
    const head = await s3.head(bucket, 'stream', { ChecksumMode: 'ENABLED' });

    expect(await s3.text(bucket, 'stream')).toBe('hello');
    expect(head).toMatchObject({ ContentLength: 5, ContentEncoding: 'gzip', ETag: helloMd5 });
  });

  behaviour('the content headers come back as they were sent', async () => {
    const headers = {
      ContentType: 'text/html; charset=utf-8',
      CacheControl: 'max-age=60, public',
      ContentDisposition: 'attachment; filename="a b.html"',
      ContentEncoding: 'br',
      ContentLanguage: 'de-CH',
      WebsiteRedirectLocation: '/elsewhere',
    };
    await s3.put(bucket, 'headers', 'hello', headers);

    expect(await s3.head(bucket, 'headers')).toMatchObject(headers);
  });

  behaviour('Expires comes back as the text that was sent', async () => {
    const Expires = new Date('2030-01-02T03:04:05Z');
    await s3.put(bucket, 'expires', 'hello', { Expires });

    expect((await s3.head(bucket, 'expires')).ExpiresString).toBe('Wed, 02 Jan 2030 03:04:05 GMT');
  });

  behaviour('user metadata has lower-case names and keeps its values', async () => {
    await s3.put(bucket, 'metadata', 'hello', { Metadata: { MixedCase: 'A, b;  "c"', 'with-dash': '1' } });

    expect((await s3.head(bucket, 'metadata')).Metadata).toEqual({ mixedcase: 'A, b;  "c"', 'with-dash': '1' });
  });

  behaviour('user metadata that is not ASCII comes back in the form of RFC 2047', async () => {
    await s3.put(bucket, 'non-ascii', 'hello', { Metadata: { name: 'Zürich' } });

    expect((await s3.head(bucket, 'non-ascii')).Metadata?.name).toMatch(/^=\?UTF-8\?[BQ]\?.+\?=$/);
  });

  behaviour('user metadata that is sent in the form of RFC 2047 comes back as the same text', async () => {
    const decode = (word = '') => Buffer.from(word.replace(/^=\?UTF-8\?B\?|\?=$/g, ''), 'base64').toString('utf8');
    await s3.put(bucket, 'rfc-2047', 'hello', { Metadata: { name: '=?UTF-8?B?Z3LDvG4g5Lit?=' } });

    expect(decode((await s3.head(bucket, 'rfc-2047')).Metadata?.name)).toBe('grün 中');
  });

  behaviour('user metadata of more than 2 KB is too large', async () => {
    const Metadata = { name: 'x'.repeat(2045) };

    expect(await refused(s3.put(bucket, 'large-metadata', 'hello', { Metadata }))).toBe('400 MetadataTooLarge');
    await s3.put(bucket, 'large-metadata', 'hello', { Metadata: { name: 'x'.repeat(2044) } });
  });

  behaviour('a storage class shows in the head, except STANDARD', async () => {
    await s3.put(bucket, 'class', 'hello', { StorageClass: 'STANDARD_IA' });

    expect((await s3.head(bucket, 'class')).StorageClass).toBe('STANDARD_IA');
    await s3.put(bucket, 'class', 'hello', { StorageClass: 'STANDARD' });
    expect((await s3.head(bucket, 'class')).StorageClass).toBeUndefined();
  });

  behaviour('an unknown storage class is refused', async () => {
    const StorageClass = 'COLD' as 'STANDARD';

    expect(await refused(s3.put(bucket, 'class', 'hello', { StorageClass }))).toBe('400 InvalidStorageClass');
  });

  behaviour('an archived object has a head, but no content until it is restored', async () => {
    await s3.put(bucket, 'archived', 'hello', { StorageClass: 'GLACIER' });

    expect((await s3.head(bucket, 'archived')).StorageClass).toBe('GLACIER');
    expect(await refused(s3.get(bucket, 'archived'))).toBe('403 InvalidObjectState');
  });

  behaviour('objects are encrypted by S3 unless something else is asked for', async () => {
    await s3.put(bucket, 'encrypted', 'hello');

    expect((await s3.head(bucket, 'encrypted')).ServerSideEncryption).toBe('AES256');
  });

  behaviour('under KMS the ETag is not the MD5 of the content', async () => {
    const { ETag } = await s3.put(bucket, 'kms', 'hello', { ServerSideEncryption: 'aws:kms' });

    expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(ETag).not.toBe(helloMd5);
    expect(await s3.head(bucket, 'kms')).toMatchObject({ ETag, ServerSideEncryption: 'aws:kms' });
  });

  behaviour('an object that is replaced keeps nothing of the former one', async () => {
    await s3.put(bucket, 'replaced', 'old', { Metadata: { a: '1' }, Tagging: 'a=1', CacheControl: 'no-store' });
    await s3.put(bucket, 'replaced', 'new');
    const head = await s3.head(bucket, 'replaced');

    expect(head).toMatchObject({ Metadata: {}, ContentLength: 3 });
    expect(head.CacheControl).toBeUndefined();
    expect(head.TagCount).toBeUndefined();
  });

  behaviour('a missing key is a NoSuchKey to GET and a bare 404 to HEAD', async () => {
    expect(await refused(s3.get(bucket, 'missing'))).toBe('404 NoSuchKey');
    expect(await refusedStatus(s3.head(bucket, 'missing'))).toBe(404);
  });

  behaviour('a missing bucket is a NoSuchBucket to GET and PUT', async () => {
    expect(await refused(s3.get('contract-no-such-bucket', 'a'))).toBe('404 NoSuchBucket');
    expect(await refused(s3.put('contract-no-such-bucket', 'a'))).toBe('404 NoSuchBucket');
  });

  describe('ranges', () => {
    beforeAll(() => s3.put(bucket, 'digits', '0123456789'));

    behaviour('a range gives its bytes and says which they are', async () => {
      const part = await s3.get(bucket, 'digits', { Range: 'bytes=2-4' });

      expect(await part.Body?.transformToString()).toBe('234');
      expect(part).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3 });
      expect(part.$metadata.httpStatusCode).toBe(206);
    });

    behaviour('a range can be open, count from the end, or reach beyond it', async () => {
      expect(await s3.text(bucket, 'digits', { Range: 'bytes=7-' })).toBe('789');
      expect(await s3.text(bucket, 'digits', { Range: 'bytes=-2' })).toBe('89');
      expect(await s3.text(bucket, 'digits', { Range: 'bytes=8-99' })).toBe('89');
    });

    behaviour('a range that starts beyond the end cannot be satisfied', async () => {
      expect(await refused(s3.get(bucket, 'digits', { Range: 'bytes=10-' }))).toBe('416 InvalidRange');
    });

    behaviour('a head of a range has its length', async () => {
      expect(await s3.head(bucket, 'digits', { Range: 'bytes=2-4' })).toMatchObject({ ContentLength: 3 });
    });
  });

  describe('tags', () => {
    const tags = async (key: string) =>
      (await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }))).TagSet;

    behaviour('tags sent with an object can be read, and are counted in its head', async () => {
      await s3.put(bucket, 'tagged', 'hello', { Tagging: 'team=blue&note=a%20b%2Bc' });

      expect(await tags('tagged')).toEqual([
        { Key: 'team', Value: 'blue' },
        { Key: 'note', Value: 'a b+c' },
      ]);
      expect((await s3.head(bucket, 'tagged')).TagCount).toBe(2);
      expect((await s3.get(bucket, 'tagged')).TagCount).toBe(2);
    });

    behaviour('tags can be replaced and removed, without a new ETag or time', async () => {
      const before = await s3.head(bucket, 'tagged');
      const Tagging = { TagSet: [{ Key: 'only', Value: 'one + no more' }] };
      await s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: 'tagged', Tagging }));
      expect(await tags('tagged')).toEqual(Tagging.TagSet);

      await s3.send(new DeleteObjectTaggingCommand({ Bucket: bucket, Key: 'tagged' }));
      expect(await tags('tagged')).toEqual([]);
      expect(await s3.head(bucket, 'tagged')).toMatchObject({ ETag: before.ETag, LastModified: before.LastModified });
    });

    behaviour('more than ten tags are a BadRequest', async () => {
      const Tagging = Array.from({ length: 11 }, (_, i) => `k${i}=v`).join('&');

      expect(await refused(s3.put(bucket, 'eleven', 'hello', { Tagging }))).toBe('400 BadRequest');
    });

    behaviour('a tag key given twice is an InvalidTag', async () => {
      const Tagging = { TagSet: [1, 2].map((n) => ({ Key: 'a', Value: String(n) })) };
      await s3.put(bucket, 'twice');
      const request = s3.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: 'twice', Tagging }));

      expect(await refused(request)).toBe('400 InvalidTag');
    });

    behaviour('a tag is made of letters, digits, spaces and a few signs', async () => {
      expect(await refused(s3.put(bucket, 'signs', 'hello', { Tagging: 'a=%3Cb%3E' }))).toBe('400 InvalidTag');
      await s3.put(bucket, 'signs', 'hello', { Tagging: 'a.b%3Ac=%2B-%3D._%3A%2F%40%20%C3%A9' });
    });

    behaviour('tags of a missing key are a NoSuchKey', async () => {
      expect(await refused(tags('missing'))).toBe('404 NoSuchKey');
    });
  });

  behaviour('GetObjectAttributes gives the ETag without quotes, size, class and checksum', async () => {
    await s3.put(bucket, 'attributes', 'hello', { ChecksumAlgorithm: 'SHA1' });
    const attributes = await s3.send(
      new GetObjectAttributesCommand({
        Bucket: bucket,
        Key: 'attributes',
        ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass', 'Checksum', 'ObjectParts'],
      }),
    );

    expect(attributes).toMatchObject({
      ETag: helloMd5.replaceAll('"', ''),
      ObjectSize: 5,
      StorageClass: 'STANDARD',
      Checksum: { ChecksumSHA1: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=', ChecksumType: 'FULL_OBJECT' },
    });
    expect(attributes.ObjectParts).toBeUndefined();
  });
});
