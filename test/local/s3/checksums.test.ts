import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { behaviour, describeContract, refused } from './contract';

/** Of `hello`, worked out bit by bit from the polynomials and with sha1sum and sha256sum. */
const checksums = {
  ChecksumCRC32: 'NhCmhg==',
  ChecksumCRC32C: 'mnG7TA==',
  ChecksumCRC64NVME: 'M3eFcAZSQlc=',
  ChecksumSHA1: 'qvTGHdzF6KLavt4PO0gs2a6pQ00=',
  ChecksumSHA256: 'LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=',
};

describeContract('checksums', (s3) => {
  let bucket: string;
  beforeAll(async () => {
    bucket = await s3.bucket();
  });

  const headOf = (key: string) => s3.head(bucket, key, { ChecksumMode: 'ENABLED' });

  /** Puts without the checksum that the SDK adds by itself. */
  const putBare = (key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.client('us-east-1', true).send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: 'hello', ...more }));

  behaviour('a checksum that is right is kept and returned, whatever the algorithm', async () => {
    for (const [name, value] of Object.entries(checksums)) {
      const put = await s3.put(bucket, name, 'hello', { [name]: value });

      expect(put).toMatchObject({ [name]: value, ChecksumType: 'FULL_OBJECT' });
      expect(await headOf(name)).toMatchObject({ [name]: value, ChecksumType: 'FULL_OBJECT' });
    }
  });

  behaviour('a checksum that is wrong is a BadDigest, whatever the algorithm', async () => {
    for (const [name, value] of Object.entries(checksums)) {
      const wrong = Buffer.from(value, 'base64').fill(1).toString('base64');

      expect([name, await refused(s3.put(bucket, 'wrong', 'hello', { [name]: wrong }))]).toEqual([
        name,
        '400 BadDigest',
      ]);
    }
  });

  behaviour('an object sent without a checksum gets a CRC64NVME', async () => {
    await putBare('bare');

    expect(await headOf('bare')).toMatchObject({
      ChecksumCRC64NVME: checksums.ChecksumCRC64NVME,
      ChecksumType: 'FULL_OBJECT',
    });
  });

  behaviour('a head shows no checksum unless it is asked for one', async () => {
    await s3.put(bucket, 'quiet', 'hello');
    const head = await s3.head(bucket, 'quiet');

    expect(head.ChecksumCRC32 ?? head.ChecksumCRC64NVME ?? head.ChecksumType).toBeUndefined();
  });

  behaviour('a Content-MD5 that is wrong is a BadDigest', async () => {
    const ContentMD5 = Buffer.alloc(16, 1).toString('base64');

    expect(await refused(putBare('wrong', { ContentMD5 }))).toBe('400 BadDigest');
  });

  behaviour('a Content-MD5 that is none is an InvalidDigest', async () => {
    expect(await refused(putBare('wrong', { ContentMD5: 'none' }))).toBe('400 InvalidDigest');
  });

  behaviour('a copy keeps the checksum of its source', async () => {
    await s3.put(bucket, 'sha256', 'hello', { ChecksumAlgorithm: 'SHA256' });
    const { CopyObjectResult } = await s3.copy(bucket, 'sha256', 'sha256-copy');

    expect(CopyObjectResult?.ChecksumSHA256).toBe(checksums.ChecksumSHA256);
    expect(await headOf('sha256-copy')).toMatchObject({ ChecksumSHA256: checksums.ChecksumSHA256 });
  });

  behaviour('a copy has another checksum when one is asked for', async () => {
    for (const [name, value] of Object.entries(checksums)) {
      const ChecksumAlgorithm = name.replace('Checksum', '') as 'SHA1';
      await s3.copy(bucket, 'sha256', 'other-copy', { ChecksumAlgorithm });
      const head = await headOf('other-copy');

      expect(head).toMatchObject({ [name]: value });
      expect(name === 'ChecksumSHA256' ? undefined : head.ChecksumSHA256).toBeUndefined();
    }
  });
});
