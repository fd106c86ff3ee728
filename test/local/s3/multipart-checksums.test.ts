import { behaviour, describeContract, refused } from './contract';
import { second, Uploads } from './uploads';

/** What sha256sum gives for the digests of both parts, one after the other. */
const composite = 'Y8YH+89OsSKQgc+3sb0awZ5TnFJAKmMlCEFG1T2Rxio=-2';

describeContract('checksums of multipart uploads', (s3) => {
  let bucket: string;
  const uploads = new Uploads(s3, () => bucket);
  beforeAll(async () => {
    bucket = await s3.bucket();
  });

  const headOf = (key: string) => s3.head(bucket, key, { ChecksumMode: 'ENABLED' });

  behaviour('an upload created with SHA256 has a composite checksum, counted like the ETag', async () => {
    const { result } = await uploads.uploadTwo('composite', { ChecksumAlgorithm: 'SHA256' });

    expect(result).toMatchObject({ ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' });
    expect(await headOf('composite')).toMatchObject({ ChecksumSHA256: composite, ChecksumType: 'COMPOSITE' });
  });

  behaviour('a copy of an object with a composite checksum has that of the whole', async () => {
    await uploads.uploadTwo('composite', { ChecksumAlgorithm: 'SHA256' });
    await s3.copy(bucket, 'composite', 'composite-copy');

    expect(await headOf('composite-copy')).toMatchObject({
      ChecksumSHA256: 'yz6UonqP9e5YODz5uwa6OYxpoNnEDkgXUh+0Z+AFL1c=',
      ChecksumType: 'FULL_OBJECT',
    });
  });

  behaviour('an upload created without an algorithm has a CRC64NVME of the whole', async () => {
    await uploads.uploadTwo('default');

    expect(await headOf('default')).toMatchObject({ ChecksumCRC64NVME: 'dHMZ3BUz4qg=', ChecksumType: 'FULL_OBJECT' });
  });

  behaviour('an upload can have a CRC32 of the whole when it asks for one', async () => {
    await uploads.uploadTwo('full', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });

    expect(await headOf('full')).toMatchObject({ ChecksumCRC32: 'JYXo6w==', ChecksumType: 'FULL_OBJECT' });
  });

  behaviour('an algorithm that has no such checksum type is an InvalidRequest', async () => {
    const request = uploads.create('none', { ChecksumAlgorithm: 'SHA256', ChecksumType: 'FULL_OBJECT' });

    expect(await refused(request)).toBe('400 InvalidRequest');
  });

  behaviour('a composite upload takes each part with its checksum when it is completed', async () => {
    const upload = await uploads.create('composite', { ChecksumAlgorithm: 'SHA256' });
    const { PartNumber, ETag } = await uploads.part(upload, 1, second, { ChecksumAlgorithm: 'SHA256' });

    expect(await refused(uploads.complete(upload, [{ PartNumber, ETag }]))).toBe('400 InvalidRequest');
  });

  behaviour('a checksum of the whole that is wrong is a BadDigest', async () => {
    const upload = await uploads.create('full', { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = [await uploads.part(upload, 1, second)];

    expect(await refused(uploads.complete(upload, parts, { ChecksumCRC32: 'AAAAAA==' }))).toBe('400 BadDigest');
  });
});
