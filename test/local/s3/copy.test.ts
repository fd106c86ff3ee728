import { GetObjectTaggingCommand } from '@aws-sdk/client-s3';
import { behaviour, copySource, describeContract, refused } from './contract';

const wrong = '"00000000000000000000000000000000"';
const longAgo = new Date('2001-01-01T00:00:00Z');

describeContract('CopyObject', (s3) => {
  let bucket: string;
  let ETag: string;
  beforeAll(async () => {
    bucket = await s3.bucket();
    ETag =
      (
        await s3.put(bucket, 'source', 'hello', {
          ContentType: 'text/html',
          CacheControl: 'max-age=1',
          ContentEncoding: 'br',
          Metadata: { a: '1' },
          Tagging: 'team=blue',
          StorageClass: 'STANDARD_IA',
          WebsiteRedirectLocation: '/elsewhere',
        })
      ).ETag ?? '';
  });

  const tags = async (key: string) => (await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }))).TagSet;

  behaviour('a copy answers with the quoted ETag and the time of the new object', async () => {
    const { CopyObjectResult } = await s3.copy(bucket, 'source', 'copy');
    const head = await s3.head(bucket, 'copy');

    expect(CopyObjectResult).toMatchObject({ ETag, LastModified: head.LastModified });
    expect(head.ETag).toBe(ETag);
    expect(await s3.text(bucket, 'copy')).toBe('hello');
  });

  behaviour('a copy takes content headers, user metadata and tags along', async () => {
    await s3.copy(bucket, 'source', 'copy');

    expect(await s3.head(bucket, 'copy')).toMatchObject({
      ContentType: 'text/html',
      CacheControl: 'max-age=1',
      ContentEncoding: 'br',
      Metadata: { a: '1' },
      TagCount: 1,
    });
    expect(await tags('copy')).toEqual([{ Key: 'team', Value: 'blue' }]);
  });

  behaviour('a copy is STANDARD unless it asks for another class', async () => {
    await s3.copy(bucket, 'source', 'copy');
    expect((await s3.head(bucket, 'copy')).StorageClass).toBeUndefined();

    await s3.copy(bucket, 'source', 'copy', { StorageClass: 'STANDARD_IA' });
    expect((await s3.head(bucket, 'copy')).StorageClass).toBe('STANDARD_IA');
  });

  behaviour('a copy has no website redirect unless it asks for one', async () => {
    await s3.copy(bucket, 'source', 'copy');
    expect((await s3.head(bucket, 'copy')).WebsiteRedirectLocation).toBeUndefined();

    await s3.copy(bucket, 'source', 'copy', { WebsiteRedirectLocation: '/here' });
    expect((await s3.head(bucket, 'copy')).WebsiteRedirectLocation).toBe('/here');
  });

  behaviour('MetadataDirective REPLACE takes all metadata from the request and leaves the tags', async () => {
    await s3.copy(bucket, 'source', 'copy', {
      MetadataDirective: 'REPLACE',
      ContentType: 'text/plain',
      Metadata: { b: '2' },
    });
    const head = await s3.head(bucket, 'copy');

    expect(head).toMatchObject({ ContentType: 'text/plain', Metadata: { b: '2' }, TagCount: 1 });
    expect(head.CacheControl ?? head.ContentEncoding).toBeUndefined();
  });

  behaviour('without MetadataDirective REPLACE the metadata of the request are ignored', async () => {
    await s3.copy(bucket, 'source', 'copy', { ContentType: 'text/plain', Metadata: { b: '2' } });

    expect(await s3.head(bucket, 'copy')).toMatchObject({ ContentType: 'text/html', Metadata: { a: '1' } });
  });

  behaviour('TaggingDirective REPLACE takes the tags from the request', async () => {
    await s3.copy(bucket, 'source', 'copy', { TaggingDirective: 'REPLACE', Tagging: 'b=2' });
    expect(await tags('copy')).toEqual([{ Key: 'b', Value: '2' }]);

    await s3.copy(bucket, 'source', 'copy', { TaggingDirective: 'REPLACE' });
    expect(await tags('copy')).toEqual([]);
  });

  behaviour('a copy goes from bucket to bucket', async () => {
    const other = await s3.bucket();
    await s3.copy(other, 'source', 'copy', { CopySource: copySource(bucket, 'source') });

    expect(await s3.text(other, 'copy')).toBe('hello');
  });

  behaviour('a source that does not exist is a NoSuchKey or NoSuchBucket', async () => {
    expect(await refused(s3.copy(bucket, 'missing', 'copy'))).toBe('404 NoSuchKey');
    const CopySource = 'contract-no-such-bucket/key';
    expect(await refused(s3.copy(bucket, 'source', 'copy', { CopySource }))).toBe('404 NoSuchBucket');
  });

  behaviour('a CopySource without a key is an InvalidArgument', async () => {
    expect(await refused(s3.copy(bucket, 'source', 'copy', { CopySource: bucket }))).toBe('400 InvalidArgument');
  });

  behaviour('a copy is refused when CopySourceIfMatch does not hold', async () => {
    await s3.copy(bucket, 'source', 'copy', { CopySourceIfMatch: ETag });
    const request = s3.copy(bucket, 'source', 'not-copied', { CopySourceIfMatch: wrong });

    expect(await refused(request)).toBe('412 PreconditionFailed');
    expect(await refused(s3.get(bucket, 'not-copied'))).toBe('404 NoSuchKey');
  });

  behaviour('a copy is refused when CopySourceIfNoneMatch does not hold', async () => {
    await s3.copy(bucket, 'source', 'copy', { CopySourceIfNoneMatch: wrong });
    const request = s3.copy(bucket, 'source', 'copy', { CopySourceIfNoneMatch: ETag });

    expect(await refused(request)).toBe('412 PreconditionFailed');
  });

  behaviour('a copy is refused when CopySourceIfUnmodifiedSince does not hold', async () => {
    const { LastModified } = await s3.head(bucket, 'source');
    await s3.copy(bucket, 'source', 'copy', { CopySourceIfUnmodifiedSince: LastModified });
    const request = s3.copy(bucket, 'source', 'copy', { CopySourceIfUnmodifiedSince: longAgo });

    expect(await refused(request)).toBe('412 PreconditionFailed');
  });

  behaviour('a copy is refused when CopySourceIfModifiedSince does not hold', async () => {
    const { LastModified } = await s3.head(bucket, 'source');
    await s3.copy(bucket, 'source', 'copy', { CopySourceIfModifiedSince: longAgo });
    const request = s3.copy(bucket, 'source', 'copy', { CopySourceIfModifiedSince: LastModified });

    expect(await refused(request)).toBe('412 PreconditionFailed');
  });

  behaviour('a CopySourceIfMatch that holds overrules CopySourceIfUnmodifiedSince', async () => {
    const conditions = { CopySourceIfMatch: ETag, CopySourceIfUnmodifiedSince: longAgo };

    expect((await s3.copy(bucket, 'source', 'copy', conditions)).CopyObjectResult?.ETag).toBe(ETag);
  });

  behaviour('a copy with If-None-Match * is made only where there is no object', async () => {
    await s3.copy(bucket, 'source', 'once', { IfNoneMatch: '*' });

    expect(await refused(s3.copy(bucket, 'source', 'once', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
  });

  behaviour('a copy with If-Match replaces only the object it names', async () => {
    const before = await s3.put(bucket, 'target', 'before');
    expect(await refused(s3.copy(bucket, 'source', 'target', { IfMatch: wrong }))).toBe('412 PreconditionFailed');
    expect(await s3.text(bucket, 'target')).toBe('before');

    await s3.copy(bucket, 'source', 'target', { IfMatch: before.ETag });
    expect(await s3.text(bucket, 'target')).toBe('hello');
  });

  behaviour('a copy with If-Match onto a missing key is a NoSuchKey', async () => {
    expect(await refused(s3.copy(bucket, 'source', 'missing', { IfMatch: ETag }))).toBe('404 NoSuchKey');
  });

  behaviour('a copy onto itself that changes nothing is an InvalidRequest', async () => {
    await s3.put(bucket, 'itself', 'hello');

    expect(await refused(s3.copy(bucket, 'itself', 'itself'))).toBe('400 InvalidRequest');
  });

  behaviour('a copy onto itself can change metadata or class', async () => {
    await s3.put(bucket, 'itself', 'hello');
    await s3.copy(bucket, 'itself', 'itself', { MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    expect((await s3.head(bucket, 'itself')).Metadata).toEqual({ b: '2' });

    await s3.copy(bucket, 'itself', 'itself', { StorageClass: 'STANDARD_IA' });
    expect(await s3.head(bucket, 'itself')).toMatchObject({ StorageClass: 'STANDARD_IA', Metadata: { b: '2' } });
  });

  behaviour('an archived object that is not restored cannot be copied', async () => {
    await s3.put(bucket, 'archived', 'hello', { StorageClass: 'GLACIER' });

    expect(await refused(s3.copy(bucket, 'archived', 'copy'))).toBe('403 InvalidObjectState');
  });

  behaviour('a copy into an archive class can be made, and then not read', async () => {
    await s3.copy(bucket, 'source', 'archived', { StorageClass: 'DEEP_ARCHIVE' });

    expect(await refused(s3.get(bucket, 'archived'))).toBe('403 InvalidObjectState');
  });

  behaviour('a copy under KMS has an ETag of its own', async () => {
    const { CopyObjectResult } = await s3.copy(bucket, 'source', 'kms', { ServerSideEncryption: 'aws:kms' });
    expect(CopyObjectResult?.ETag).not.toBe(ETag);

    const back = await s3.copy(bucket, 'kms', 'plain');
    expect(back.CopyObjectResult?.ETag).toBe(ETag);
  });
});
