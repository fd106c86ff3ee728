import { CloudFrontClient, CreateInvalidationCommand, GetInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { FakeCloudFront, type FakeCloudFrontOptions, matchesPath, whyRefused } from './fake-cloudfront';

const DISTRIBUTION = 'EDFDVBD6EXAMPLE';

const started: FakeCloudFront[] = [];
afterEach(() => {
  for (const cloudFront of started.splice(0)) cloudFront.close();
});

async function start(options?: FakeCloudFrontOptions) {
  const cloudFront = await FakeCloudFront.start(options);
  started.push(cloudFront);
  const client = new CloudFrontClient({
    region: 'us-east-1',
    endpoint: cloudFront.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const create = (CallerReference: string, Items: string[], DistributionId = DISTRIBUTION) =>
    client.send(
      new CreateInvalidationCommand({
        DistributionId,
        InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
      }),
    );
  const get = (Id = '') => client.send(new GetInvalidationCommand({ DistributionId: DISTRIBUTION, Id }));
  return { cloudFront, create, get };
}

it('creates an invalidation, tells of it, and says later that it is complete', async () => {
  const told: (readonly string[])[] = [];
  const { create, get } = await start({ onInvalidation: (paths) => void told.push(paths) });

  const { Invalidation } = await create('a', ['/a&b', '/folder/*']);

  expect(told).toEqual([['/a&b', '/folder/*']]);
  expect(Invalidation).toMatchObject({ Status: 'InProgress', InvalidationBatch: { CallerReference: 'a' } });
  expect((await get(Invalidation?.Id)).Invalidation?.Status).toBe('Completed');
});

it('returns the former invalidation for the same reference and paths, and rejects other paths', async () => {
  const { cloudFront, create } = await start();
  const first = await create('a', ['/1', '/2']);

  expect((await create('a', ['/2', '/1'])).Invalidation?.Id).toBe(first.Invalidation?.Id);
  await expect(create('a', ['/3'])).rejects.toMatchObject({ name: 'InvalidationBatchAlreadyExists' });
  expect(cloudFront.invalidations).toHaveLength(1);
});

it('has room for 15 wildcards, and apart from them for 3,000 paths', async () => {
  const { cloudFront, create } = await start();
  const wildcards = Array.from({ length: 15 }, (_, index) => `/${index}/*`);
  const paths = Array.from({ length: 3_000 }, (_, index) => `/${index}`);
  await expect(create('large', [...paths, '/more'])).rejects.toMatchObject({ name: 'BatchTooLarge' });
  await create('wildcards', wildcards);
  await create('paths', paths);

  for (const path of ['/*', '/more'])
    await expect(create(path, [path])).rejects.toMatchObject({ name: 'TooManyInvalidationsInProgress' });
  cloudFront.complete();
  await create('more', ['/*', '/more']);
});

it.each([
  ['/', undefined],
  ["/it's/a(b)!", undefined],
  ['/caf%C3%A9', undefined],
  [`/${'a'.repeat(3_999)}`, undefined],
  ['#site', undefined],
  ['a', 'it does not begin with "/"'],
  [`/${'a'.repeat(4_000)}`, 'it is too long'],
  ['/a*b', 'it has "*" before its end'],
  ['/a b', 'it has a character that is not encoded'],
  ['/~a', 'it has a character that is not encoded'],
  ['/é', 'it has a character that is not encoded'],
  ['/100%', 'it has a "%" that encodes nothing'],
  ['#a,b', 'it is no tag'],
])('judges %j', (path, why) => {
  expect(whyRefused(path)).toBe(why);
});

it.each([
  ['/a', '/a', true],
  ['/a', '/a/', false],
  ['/a', '/A', false],
  ['/a*', '/a', true],
  ['/a*', '/a/b/c', true],
  ['/*', '/', true],
  ['/%7E', '/~', false],
])('%s matches %s: %s', (pattern, path, matches) => {
  expect(matchesPath(pattern, path)).toBe(matches);
});

it('fails as asked for, once each', async () => {
  const { cloudFront, create } = await start();
  cloudFront.faults.push({ status: 400, code: 'Throttling' }, 'noAnswer');

  await expect(create('a', ['/a'])).rejects.toMatchObject({ name: 'Throttling' });
  await expect(create('a', ['/a'])).rejects.toThrow();
  await create('a', ['/a']);
  await expect(create('a', ['/a'], 'EOTHER')).rejects.toMatchObject({ name: 'NoSuchDistribution' });
  expect(cloudFront.invalidations).toHaveLength(1);
});
