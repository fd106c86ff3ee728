import { CopyObjectCommand, CreateMultipartUploadCommand, S3Client, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { readCopyResult, readPartResult } from '../../../lambdas/s3/answers/copy-result';
import { BucketRequests } from '../../../lambdas/s3/client/bucket-requests';
import { startS3 } from '../../../local/s3';

const part = (content: string) => Buffer.from(`<CopyPartResult>${content}</CopyPartResult>`);

it.each([
  ['as AWS writes it', '<LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>', {}],
  ['with plain quotes', '<ETag>"e"</ETag>', {}],
  [
    'with checksums',
    '<ETag>"e"</ETag><ChecksumCRC32>a+/=</ChecksumCRC32><ChecksumSHA256>b=</ChecksumSHA256>',
    { ChecksumCRC32: 'a+/=', ChecksumSHA256: 'b=' },
  ],
])('an answer about a part is read %s', (_how, content, checksums) => {
  expect(readPartResult(part(content))).toEqual({ CopyPartResult: { ETag: '"e"', ...checksums } });
});

it.each([
  ['it has no ETag', part('<LastModified>2026-01-01T00:00:00.000Z</LastModified>')],
  ['its ETag is empty', part('<ETag></ETag>')],
  ['it has other entities', part('<ETag>&#34;e&#34;</ETag>')],
  ['it has elements within elements', part('<More><ETag>"e"</ETag></More>')],
  ['it has a comment', part('<ETag>"e"</ETag><!-- done -->')],
  ['it is cut off', part('<ETag>"e"</ETag>').subarray(0, -5)],
  ['it is about something else', Buffer.from('<CopyObjectResult><ETag>"e"</ETag></CopyObjectResult>')],
  ['there is none', Buffer.from('')],
])('is left to the SDK if %s', (_what, body) => {
  expect(readPartResult(body)).toBeUndefined();
});

it('says the same as the SDK reads', async () => {
  // Given
  await using s3 = await startS3();
  s3.createBucket('a-source').put('a', 'content');
  s3.createBucket('a-bucket');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ region: 'us-east-1', endpoint: s3.endpoint, forcePathStyle: true, credentials });
  const requests = BucketRequests.of(client, 'a-bucket');
  const named = { Bucket: 'a-bucket', Key: 'a copy' };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...named, ChecksumAlgorithm: 'SHA256' }));
  const copyPart = () => new UploadPartCopyCommand({ ...named, UploadId, PartNumber: 1, CopySource: 'a-source/a' });
  const copy = () => new CopyObjectCommand({ ...named, CopySource: 'a-source/a' });

  // When
  const [ofPart, read] = [await client.send(copyPart()), await requests.send(copyPart(), readPartResult)];
  const [ofCopy, readCopy] = [await client.send(copy()), await requests.send(copy(), readCopyResult)];
  client.destroy();

  // Then
  const { ETag, ChecksumSHA256 } = ofPart.CopyPartResult ?? {};
  expect(ChecksumSHA256).toBeDefined();
  expect(read.CopyPartResult).toEqual({ ETag, ChecksumSHA256 });
  expect(readCopy.CopyObjectResult?.ETag).toBe(ofCopy.CopyObjectResult?.ETag);
});
