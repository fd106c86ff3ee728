import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import { BucketRequests } from '../../../lambdas/s3/client/bucket-requests';
import { bucketName } from '../../../statemachine/input/field-types';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

const LEGACY = ['MyLegacyBucket', 'legacy_bucket', '_x_', 'Dotted.Name_1', `${'long-'.repeat(50)}name`];

it.each(LEGACY)('mirrors from and to a bucket that is called %s', async (name) => {
  const [source, destination] = [name, `${name.slice(0, 250)}_to`].map((bucket) => mirror.s3.createBucket(bucket));
  source?.put('a b/ü', 'x', { lastModified: past, tags: [['team', 'blue']] });
  destination?.put('orphan', 'x');

  const summary = await mirror.run({ source: source?.name, destination: destination?.name });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
  expect(destination && [...contentsOf(destination).keys()]).toEqual(['a b/ü']);
});

it.each([
  ['MyLegacyBucket', 's3.us-east-1.amazonaws.com', '/MyLegacyBucket/a'],
  ['legacy_bucket', 's3.us-east-1.amazonaws.com', '/legacy_bucket/a'],
  ['a'.repeat(64), 's3.us-east-1.amazonaws.com', `/${'a'.repeat(64)}/a`],
  ['new-bucket', 'new-bucket.s3.us-east-1.amazonaws.com', '/a'],
])('reaches %s in AWS at the host %s', async (bucket, hostname, path) => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  const seen: HttpRequest[] = [];
  const requestHandler = {
    handle: async (request: HttpRequest) => {
      seen.push(request);
      throw new Error('seen');
    },
  };
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new S3Client({ region: 'us-east-1', credentials, requestHandler: requestHandler as never });
  const head = new HeadObjectCommand({ Bucket: bucket, Key: 'a' });

  await expect(BucketRequests.of(client, bucket).send(head)).rejects.toThrow('seen');

  process.env.AWS_ENDPOINT_URL_S3 = mirror.s3.endpoint;
  expect(seen[0]).toMatchObject({ hostname, path });
});

it.each([
  'ab',
  'a'.repeat(256),
  'My Bucket',
  'My/Bucket',
  'My..Bucket_',
  'bucket-',
  '-bucket',
  'Bücket',
  'a_b--x-s3',
  'My-s3alias',
  '',
])('rejects %j: no bucket can have this name, or it cannot be mirrored', (name) => {
  expect(bucketName.safeParse(name).success).toBe(false);
  expect(() => parseSyncInput({ source: name, destination: 'destination' })).toThrow('Expected `source` to be');
});
