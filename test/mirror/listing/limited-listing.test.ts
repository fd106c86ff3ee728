import { findRegion } from '../../../lambdas/host/find-region';
import { partitionOf } from '../../../statemachine/partition';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();
const authorize = () => mirror.s3.authorize;
let allowed: ReturnType<typeof authorize>;
beforeEach(() => {
  allowed = mirror.s3.authorize;
});
afterEach(() => {
  mirror.s3.authorize = allowed;
});

/** As a bucket policy with `s3:prefix` does: whatever says of no prefix that it lists one of these is refused. */
function limitListing(bucket: string, prefix: string): void {
  const others = mirror.s3.authorize;
  mirror.s3.authorize = async (request) => {
    if (request.bucket === bucket) {
      if (request.operation === 'HeadBucket') return false;
      if (request.operation === 'ListObjectsV2' && !request.query.get('prefix')?.startsWith(prefix)) return false;
    }
    return (await others?.(request)) ?? true;
  };
}

it.each(['us-east-1', 'eu-west-1'])(
  'mirrors a folder of a bucket in %s that may not be listed beyond it',
  async (region) => {
    const { source, destination, input } = mirror.createPair({ source: { region }, destination: { region } });
    source.put('team/site/new', 'x', { lastModified: past });
    source.put('other', 'x', { lastModified: past });
    destination.put('live/orphan', 'x');
    limitListing(source.name, 'team/');
    limitListing(destination.name, 'live/');

    const summary = await mirror.run({ ...input, prefix: 'team/site', destinationPrefix: 'live' });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
    expect(destination.get('live/new')).toBeDefined();
    expect(await findRegion(source.name, undefined, 'team/site/')).toBe(region);
  },
);

it('names what to allow when even the folder may not be listed', async () => {
  const { source, input } = mirror.createPair({ source: { region: 'cn-north-1' } });
  limitListing(source.name, 'another/');

  const { error } = await mirror.run({ ...input, prefix: 'team/site' });

  expect(error).toMatchObject({ name: 'AccessDeniedError' });
  expect(error?.message).toContain(
    `allow s3:ListBucket on arn:aws-cn:s3:::${source.name}, for keys below "team/site/" at least (s3:prefix)`,
  );
});

it.each([
  ['us-east-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['eu-central-1', 'aws'],
])('names buckets of %s by the partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});
