import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import { behaviour, copySource, describeContract, refused } from './contract';

const mebibyte = 1024 ** 2;
const wrong = '"00000000000000000000000000000000"';
const longAgo = new Date('2001-01-01T00:00:00Z');
const content = Buffer.alloc(11 * mebibyte, '0123456789a');

describeContract('UploadPartCopy', (s3) => {
  let bucket: string;
  let ETag: string | undefined;
  beforeAll(async () => {
    bucket = await s3.bucket();
    ({ ETag } = await s3.put(bucket, 'source', undefined, { Body: content }));
  });

  async function create(Key: string) {
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key }));
    return { Bucket: bucket, Key, UploadId };
  }
  type Named = Awaited<ReturnType<typeof create>>;

  const copyPart = (upload: Named, PartNumber: number, more: Partial<UploadPartCopyCommandInput> = {}) =>
    s3.send(new UploadPartCopyCommand({ ...upload, PartNumber, CopySource: copySource(bucket, 'source'), ...more }));

  behaviour('an object copied in ranges has the same bytes', async () => {
    const upload = await create('ranges');
    const ranges = ['bytes=0-5242879', 'bytes=5242880-10485759', `bytes=10485760-${content.length - 1}`];
    const parts = await Promise.all(ranges.map((CopySourceRange, i) => copyPart(upload, i + 1, { CopySourceRange })));
    const Parts = parts.map((part, i) => ({ PartNumber: i + 1, ETag: part.CopyPartResult?.ETag }));
    const { ETag: made } = await s3.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    const { Body } = await s3.get(bucket, 'ranges');

    expect(made).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect(Buffer.compare(Buffer.from((await Body?.transformToByteArray()) ?? []), content)).toBe(0);
  });

  behaviour('a part without a range is the whole source', async () => {
    const { CopyPartResult } = await copyPart(await create('whole'), 1);

    expect(CopyPartResult?.ETag).toBe(ETag);
    expect(CopyPartResult?.LastModified).toBeInstanceOf(Date);
  });

  behaviour('a range beyond the end of the source is an InvalidArgument', async () => {
    const CopySourceRange = `bytes=0-${content.length}`;

    expect(await refused(copyPart(await create('beyond'), 1, { CopySourceRange }))).toBe('400 InvalidArgument');
  });

  behaviour('a range without an end is an InvalidArgument', async () => {
    const CopySourceRange = 'bytes=1-';

    expect(await refused(copyPart(await create('open'), 1, { CopySourceRange }))).toBe('400 InvalidArgument');
  });

  behaviour('a part is refused when CopySourceIfMatch does not hold', async () => {
    const upload = await create('condition');
    await copyPart(upload, 1, { CopySourceIfMatch: ETag });

    expect(await refused(copyPart(upload, 2, { CopySourceIfMatch: wrong }))).toBe('412 PreconditionFailed');
  });

  behaviour('a part is refused when another condition on its source does not hold', async () => {
    const upload = await create('condition');
    const { LastModified } = await s3.head(bucket, 'source');
    for (const condition of [
      { CopySourceIfNoneMatch: ETag },
      { CopySourceIfUnmodifiedSince: longAgo },
      { CopySourceIfModifiedSince: LastModified },
    ]) {
      expect(await refused(copyPart(upload, 1, condition))).toBe('412 PreconditionFailed');
    }
  });

  behaviour('a part of a source that does not exist is a NoSuchKey', async () => {
    const CopySource = copySource(bucket, 'missing');

    expect(await refused(copyPart(await create('missing-source'), 1, { CopySource }))).toBe('404 NoSuchKey');
  });

  behaviour('a part of an upload that does not exist is a NoSuchUpload', async () => {
    const upload = { ...(await create('one')), UploadId: 'none' };

    expect(await refused(copyPart(upload, 1))).toBe('404 NoSuchUpload');
  });
});
