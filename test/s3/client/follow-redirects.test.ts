import { HeadBucketCommand } from '@aws-sdk/client-s3';
import { s3Client } from '../../../lambdas/s3/client/s3-client';
import { signedRegion } from '../../support/fault-table';
import { useMirror } from '../../support/mirror';

const mirror = useMirror();

it('leaves the region of a client as it is if two requests at once are redirected, and remembers that of each bucket', async () => {
  // Given two buckets in other regions, of which the first one answers while the second is asked in its region
  mirror.s3.createBucket('in-ireland', { region: 'eu-west-1' });
  mirror.s3.createBucket('in-tokyo', { region: 'ap-northeast-1' });
  const [inIreland, inTokyo, found] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const asked: string[] = [];
  mirror.s3.onRequest = async (request) => {
    const what = `${request.bucket} ${signedRegion(request)}`;
    asked.push(what);
    if (what === 'in-ireland eu-west-1') inIreland?.resolve();
    if (what === 'in-tokyo ap-northeast-1') inTokyo?.resolve();
    const before = {
      'in-tokyo us-east-1': inIreland,
      'in-ireland eu-west-1': inTokyo,
      'in-tokyo ap-northeast-1': found,
    };
    await before[what as keyof typeof before]?.promise;
    return undefined;
  };
  const client = s3Client('us-east-1');
  const find = (Bucket: string) => client.send(new HeadBucketCommand({ Bucket }));

  // When
  const both = [find('in-ireland').finally(() => found?.resolve()), find('in-tokyo')];

  // Then
  expect(await Promise.all(both)).toMatchObject([{ BucketRegion: 'eu-west-1' }, { BucketRegion: 'ap-northeast-1' }]);
  expect(await client.config.region()).toBe('us-east-1');
  asked.splice(0);
  await Promise.all([find('in-ireland'), find('in-tokyo')]);
  expect(asked.sort()).toEqual(['in-ireland eu-west-1', 'in-tokyo ap-northeast-1']);
});

it('follows a bucket that has moved on, and no redirect to where the request was', async () => {
  mirror.s3.createBucket('moving', { region: 'eu-west-1' });
  const client = s3Client('us-east-1');
  const find = () => client.send(new HeadBucketCommand({ Bucket: 'moving' }));
  mirror.s3.onRequest = undefined;
  await find();

  mirror.s3.createBucket('moving', { region: 'eu-central-1' });
  expect(await find()).toMatchObject({ BucketRegion: 'eu-central-1' });

  let requests = 0;
  mirror.s3.onRequest = () => {
    requests += 1;
    return { status: 301, code: 'PermanentRedirect', headers: { 'x-amz-bucket-region': 'eu-central-1' } };
  };
  await expect(find()).rejects.toMatchObject({ $metadata: { httpStatusCode: 301 } });
  expect(requests).toBe(1);
});
