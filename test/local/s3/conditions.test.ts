import { behaviour, describeContract, refused, refusedStatus } from './contract';

const wrong = '"00000000000000000000000000000000"';
const long = { before: new Date('2001-01-01T00:00:00Z') };

describeContract('conditions of reads and writes', (s3) => {
  let bucket: string;
  let ETag: string;
  beforeAll(async () => {
    bucket = await s3.bucket();
    ETag = (await s3.put(bucket, 'key', 'hello')).ETag ?? '';
  });

  behaviour('a GET is refused when If-Match does not hold', async () => {
    expect(await s3.text(bucket, 'key', { IfMatch: ETag })).toBe('hello');
    expect(await s3.text(bucket, 'key', { IfMatch: ETag.replaceAll('"', '') })).toBe('hello');
    expect(await refused(s3.get(bucket, 'key', { IfMatch: wrong }))).toBe('412 PreconditionFailed');
  });

  behaviour('a GET is not modified when If-None-Match does not hold', async () => {
    expect(await s3.text(bucket, 'key', { IfNoneMatch: wrong })).toBe('hello');
    expect(await refusedStatus(s3.get(bucket, 'key', { IfNoneMatch: ETag }))).toBe(304);
    expect(await refusedStatus(s3.get(bucket, 'key', { IfNoneMatch: '*' }))).toBe(304);
  });

  behaviour('a GET goes by time where there is no ETag to go by', async () => {
    const { LastModified } = await s3.head(bucket, 'key');

    expect(await refusedStatus(s3.get(bucket, 'key', { IfModifiedSince: LastModified }))).toBe(304);
    expect(await s3.text(bucket, 'key', { IfModifiedSince: long.before })).toBe('hello');
    expect(await s3.text(bucket, 'key', { IfUnmodifiedSince: LastModified })).toBe('hello');
    expect(await refused(s3.get(bucket, 'key', { IfUnmodifiedSince: long.before }))).toBe('412 PreconditionFailed');
  });

  behaviour('an ETag counts for more than a time', async () => {
    const { LastModified } = await s3.head(bucket, 'key');

    expect(await s3.text(bucket, 'key', { IfMatch: ETag, IfUnmodifiedSince: long.before })).toBe('hello');
    expect(await s3.text(bucket, 'key', { IfNoneMatch: wrong, IfModifiedSince: LastModified })).toBe('hello');
    const same = s3.get(bucket, 'key', { IfNoneMatch: ETag, IfModifiedSince: long.before });
    expect(await refusedStatus(same)).toBe(304);
  });

  behaviour('a HEAD knows the same conditions', async () => {
    expect((await s3.head(bucket, 'key', { IfMatch: ETag })).ETag).toBe(ETag);
    expect(await refusedStatus(s3.head(bucket, 'key', { IfMatch: wrong }))).toBe(412);
    expect(await refusedStatus(s3.head(bucket, 'key', { IfNoneMatch: ETag }))).toBe(304);
  });

  behaviour('a PUT with If-None-Match * makes an object only where there is none', async () => {
    await s3.put(bucket, 'new', 'first', { IfNoneMatch: '*' });

    expect(await refused(s3.put(bucket, 'new', 'second', { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
    expect(await s3.text(bucket, 'new')).toBe('first');
  });

  behaviour('a PUT with If-Match replaces only the object it names', async () => {
    await s3.put(bucket, 'old', 'hello');
    expect(await refused(s3.put(bucket, 'old', 'other', { IfMatch: wrong }))).toBe('412 PreconditionFailed');
    expect(await s3.text(bucket, 'old')).toBe('hello');

    await s3.put(bucket, 'old', 'other', { IfMatch: ETag });
    expect(await s3.text(bucket, 'old')).toBe('other');
  });

  behaviour('a PUT with If-Match of a missing key is a NoSuchKey', async () => {
    expect(await refused(s3.put(bucket, 'missing', 'hello', { IfMatch: ETag }))).toBe('404 NoSuchKey');
  });

  behaviour('a PUT knows no other If-None-Match than *', async () => {
    expect(await refused(s3.put(bucket, 'missing', 'hello', { IfNoneMatch: ETag }))).toBe('501 NotImplemented');
  });
});
