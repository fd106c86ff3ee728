import { openInvalidator } from '../../lambdas/host/invalidator/open-invalidator';
import { DISTRIBUTION, useCloudFront } from '../support/use-cloudfront';

const cloudFront = useCloudFront();
const invalidator = openInvalidator({ AWS_REGION: 'eu-central-1' });
const request = { distribution: DISTRIBUTION, reference: 'bucketsync-run-1', items: ['/a&b', '/c/*', '#site'] };

it('sends all paths and tags in one request, and asks whether that is done', async () => {
  const id = await invalidator.create(request);

  expect(cloudFront.invalidations).toMatchObject([
    { id, callerReference: 'bucketsync-run-1', paths: ['/a&b', '/c/*', '#site'] },
  ]);
  expect(cloudFront.server.requests).toEqual(['CreateInvalidation']);
  expect(await invalidator.isComplete(DISTRIBUTION, id)).toBe(true);
});

it('gets the former invalidation if it sends the same again, as it does after a lost answer or if CloudFront is busy', async () => {
  cloudFront.server.faults.push('noAnswer');
  const id = await invalidator.create(request);
  cloudFront.server.faults.push({ status: 400, code: 'Throttling' });

  expect(await invalidator.create(request)).toBe(id);
  expect(cloudFront.invalidations).toHaveLength(1);
  expect(cloudFront.server.requests).toHaveLength(3);
});

it.each([
  ['NoSuchDistribution', { distribution: 'EOTHER' }],
  ['InvalidArgument', { items: ['a'] }],
  ['TooManyInvalidationsInProgress', { items: Array.from({ length: 16 }, (_, index) => `/${index}/*`) }],
])('names what CloudFront says: %s', async (name, wrong) => {
  await expect(invalidator.create({ ...request, ...wrong })).rejects.toMatchObject({ name });
});

it.each([
  ['eu-central-1', 'us-east-1'],
  ['cn-north-1', 'cn-northwest-1'],
])('signs for the one Region of the partition of %s', async (region, signed) => {
  const asked: string[] = [];
  const { createServer } = await import('node:http');
  const server = createServer((incoming, response) => {
    asked.push(incoming.headers.authorization ?? '');
    response.writeHead(403).end('<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>');
  });
  const { endServer, listenOnLoopback } = await import('../support/loopback');
  process.env.AWS_ENDPOINT_URL_CLOUDFRONT = await listenOnLoopback(server);

  await expect(openInvalidator({ AWS_REGION: region }).create(request)).rejects.toMatchObject({ name: 'AccessDenied' });

  endServer(server);
  process.env.AWS_ENDPOINT_URL_CLOUDFRONT = cloudFront.server.endpoint;
  expect(asked).toEqual([expect.stringContaining(`/${signed}/cloudfront/`)]);
});
