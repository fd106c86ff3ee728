import {
  AbortMultipartUploadCommand,
  GetObjectAttributesCommand,
  GetObjectTaggingCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
} from '@aws-sdk/client-s3';
import { behaviour, describeContract, refused, refusedStatus } from './contract';
import { first, mebibyte, second, Uploads } from './uploads';

const wrong = '"00000000000000000000000000000000"';
/** What md5sum gives for the digests of both parts, one after the other. */
const twoPartETag = '"01f2a1fb07b29158ec1c7cc34d0b1939-2"';
/** What md5sum gives for both. */
const wholeETag = '"fc15f98382b8eb24932d049bda507214"';

describeContract('multipart uploads', (s3) => {
  let bucket: string;
  const uploads = new Uploads(s3, () => bucket);
  beforeAll(async () => {
    bucket = await s3.bucket();
  });

  behaviour('an object of parts has all their bytes and an ETag made of their MD5s', async () => {
    const { result } = await uploads.uploadTwo('two');
    const { Body } = await s3.get(bucket, 'two');

    expect(result.ETag).toBe(twoPartETag);
    expect(await s3.head(bucket, 'two')).toMatchObject({ ETag: twoPartETag, ContentLength: 6 * mebibyte });
    expect(
      Buffer.compare(Buffer.from((await Body?.transformToByteArray()) ?? []), Buffer.concat([first, second])),
    ).toBe(0);
  });

  behaviour('what is said when an upload is created goes to its object', async () => {
    await uploads.uploadTwo('attributes', {
      ContentType: 'text/html',
      CacheControl: 'no-store',
      Metadata: { a: '1' },
      Tagging: 'team=blue',
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/elsewhere',
    });

    expect(await s3.head(bucket, 'attributes')).toMatchObject({
      ContentType: 'text/html',
      CacheControl: 'no-store',
      Metadata: { a: '1' },
      StorageClass: 'STANDARD_IA',
      WebsiteRedirectLocation: '/elsewhere',
    });
    const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: 'attributes' }));
    expect(TagSet).toEqual([{ Key: 'team', Value: 'blue' }]);
  });

  behaviour('a head of a part has its length and the number of parts', async () => {
    await uploads.uploadTwo('two');
    const head = await s3.head(bucket, 'two', { PartNumber: 2 });

    expect(head).toMatchObject({ ContentLength: mebibyte, PartsCount: 2, ETag: twoPartETag });
    expect(head.$metadata.httpStatusCode).toBe(206);
  });

  behaviour('a head of a part that there is not cannot be satisfied', async () => {
    await uploads.uploadTwo('two');
    await s3.put(bucket, 'single');

    expect(await refusedStatus(s3.head(bucket, 'two', { PartNumber: 3 }))).toBe(416);
    expect(await refusedStatus(s3.head(bucket, 'single', { PartNumber: 2 }))).toBe(416);
  });

  behaviour('an object in one piece is its own part 1, without a count', async () => {
    await s3.put(bucket, 'single', 'hello');
    const head = await s3.head(bucket, 'single', { PartNumber: 1 });

    expect(head.ContentLength).toBe(5);
    expect(head.PartsCount).toBeUndefined();
  });

  behaviour('one part of an object can be read', async () => {
    await uploads.uploadTwo('two');
    const { Body, ContentRange, PartsCount } = await s3.get(bucket, 'two', { PartNumber: 2 });

    expect(Buffer.compare(Buffer.from((await Body?.transformToByteArray()) ?? []), second)).toBe(0);
    expect(ContentRange).toBe(`bytes ${5 * mebibyte}-${6 * mebibyte - 1}/${6 * mebibyte}`);
    expect(PartsCount).toBe(2);
  });

  behaviour('GetObjectAttributes counts the parts, and lists those that have a checksum of their own', async () => {
    const attributesOf = (Key: string) =>
      s3.send(new GetObjectAttributesCommand({ Bucket: bucket, Key, ObjectAttributes: ['ObjectParts', 'Checksum'] }));
    await uploads.uploadTwo('attributes-of-parts', { ChecksumAlgorithm: 'SHA256' });
    const { ObjectParts, Checksum } = await attributesOf('attributes-of-parts');

    expect(ObjectParts?.TotalPartsCount).toBe(2);
    expect(ObjectParts?.Parts?.map(({ Size }) => Size)).toEqual([5 * mebibyte, mebibyte]);
    expect(Checksum?.ChecksumType).toBe('COMPOSITE');
    expect(Checksum?.ChecksumSHA256).not.toContain('-');
  });

  behaviour('a copy of an object of parts is in one piece, with a plain MD5 as ETag', async () => {
    await uploads.uploadTwo('two');
    const { CopyObjectResult } = await s3.copy(bucket, 'two', 'two-copy');
    const head = await s3.head(bucket, 'two-copy', { PartNumber: 1 });

    expect(CopyObjectResult?.ETag).toBe(wholeETag);
    expect(head).toMatchObject({ ETag: wholeETag, ContentLength: 6 * mebibyte });
    expect(head.PartsCount).toBeUndefined();
  });

  describe('completing', () => {
    behaviour('a part that is missing or has another ETag is an InvalidPart', async () => {
      const upload = await uploads.create('invalid');
      const { ETag } = await uploads.part(upload, 1, second);

      expect(await refused(uploads.complete(upload, [{ PartNumber: 1, ETag: wrong }]))).toBe('400 InvalidPart');
      expect(await refused(uploads.complete(upload, [{ PartNumber: 2, ETag }]))).toBe('400 InvalidPart');
    });

    behaviour('parts out of order are an InvalidPartOrder', async () => {
      const upload = await uploads.create('order');
      const parts = [await uploads.part(upload, 1, first), await uploads.part(upload, 2, second)];

      expect(await refused(uploads.complete(upload, parts.reverse()))).toBe('400 InvalidPartOrder');
    });

    behaviour('a part of less than 5 MiB that is not the last is too small', async () => {
      const upload = await uploads.create('small');
      const parts = [await uploads.part(upload, 1, second), await uploads.part(upload, 2, second)];

      expect(await refused(uploads.complete(upload, parts))).toBe('400 EntityTooSmall');
    });

    behaviour('completing twice with the same parts succeeds twice', async () => {
      const { upload, parts, result } = await uploads.uploadTwo('twice');

      expect((await uploads.complete(upload, parts)).ETag).toBe(result.ETag);
    });

    behaviour('completing with If-None-Match * makes an object only where there is none', async () => {
      await s3.put(bucket, 'existing', 'before');
      const upload = await uploads.create('existing');
      const parts = [await uploads.part(upload, 1, second)];

      expect(await refused(uploads.complete(upload, parts, { IfNoneMatch: '*' }))).toBe('412 PreconditionFailed');
      expect(await s3.text(bucket, 'existing')).toBe('before');
    });

    behaviour('completing with If-Match replaces only the object it names', async () => {
      const { ETag } = await s3.put(bucket, 'existing', 'before');
      const upload = await uploads.create('existing');
      const parts = [await uploads.part(upload, 1, second)];
      expect(await refused(uploads.complete(upload, parts, { IfMatch: wrong }))).toBe('412 PreconditionFailed');

      await uploads.complete(upload, parts, { IfMatch: ETag });
      expect((await s3.head(bucket, 'existing')).ContentLength).toBe(mebibyte);
    });

    behaviour('an announced size that is not that of the object is an InvalidRequest', async () => {
      const upload = await uploads.create('size');
      const parts = [await uploads.part(upload, 1, second)];

      expect(await refused(uploads.complete(upload, parts, { MpuObjectSize: 7 }))).toBe('400 InvalidRequest');
      await uploads.complete(upload, parts, { MpuObjectSize: mebibyte });
    });
  });

  describe('uploads under way', () => {
    behaviour('parts are listed by number, on pages', async () => {
      const upload = await uploads.create('listed');
      for (const number of [3, 1, 2]) {
        await uploads.part(upload, number, Buffer.from(`part ${number}`));
      }
      const page = await s3.send(new ListPartsCommand({ ...upload, MaxParts: 2 }));
      const rest = await s3.send(new ListPartsCommand({ ...upload, PartNumberMarker: page.NextPartNumberMarker }));

      expect(page).toMatchObject({ IsTruncated: true, NextPartNumberMarker: '2' });
      expect([page, rest].map(({ Parts }) => Parts?.map(({ PartNumber }) => PartNumber))).toEqual([[1, 2], [3]]);
    });

    behaviour('a part sent again takes the place of the former one', async () => {
      const upload = await uploads.create('again');
      await uploads.part(upload, 1, first);
      const { ETag } = await uploads.part(upload, 1, second);

      expect((await s3.send(new ListPartsCommand(upload))).Parts?.map((listed) => listed.ETag)).toEqual([ETag]);
    });

    behaviour('an upload makes no object before it is complete, and is listed until then', async () => {
      const upload = await uploads.create('pending');
      const listed = async () => {
        const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: 'pending' }));
        return Uploads.map(({ UploadId }) => UploadId);
      };
      const parts = [await uploads.part(upload, 1, second)];
      expect(await listed()).toEqual([upload.UploadId]);
      expect(await refusedStatus(s3.head(bucket, 'pending'))).toBe(404);

      await uploads.complete(upload, parts);
      expect(await listed()).toEqual([]);
    });

    behaviour('an upload that is given up is a NoSuchUpload from then on', async () => {
      const upload = await uploads.create('aborted');
      const parts = [await uploads.part(upload, 1, second)];
      await s3.send(new AbortMultipartUploadCommand(upload));

      expect(await refused(uploads.part(upload, 2, second))).toBe('404 NoSuchUpload');
      expect(await refused(s3.send(new ListPartsCommand(upload)))).toBe('404 NoSuchUpload');
      expect(await refused(uploads.complete(upload, parts))).toBe('404 NoSuchUpload');
    });

    behaviour('a part number is from 1 to 10,000', async () => {
      const upload = await uploads.create('numbers');

      expect(await refused(uploads.part(upload, 0, second))).toBe('400 InvalidArgument');
      expect(await refused(uploads.part(upload, 10_001, second))).toBe('400 InvalidArgument');
    });
  });
});
