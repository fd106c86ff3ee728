import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import { runEnvironment } from '../../../cli/input/environment';
import { BucketRequests } from '../../../lambdas/s3/client/bucket-requests';
import { s3Client } from '../../../lambdas/s3/client/s3-client';
import { ENVIRONMENT } from '../../../statemachine/contract';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
let regions = 0;

/** Where a request for an object goes. */
async function placeOf(env: NodeJS.ProcessEnv, bucket = 'a-bucket'): Promise<string> {
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_CONFIG_FILE: '/none' };
  process.env = { ...before, ...keys, ...env };
  const client = s3Client(`eu-test-${++regions}`); // each has a client of its own
  const sent: HttpRequest[] = [];
  jest.spyOn(client.config.requestHandler, 'handle').mockImplementation(async (request) => {
    sent.push(request as HttpRequest);
    throw new Error('not sent');
  });
  await BucketRequests.of(client, bucket)
    .send(new HeadObjectCommand({ Bucket: bucket, Key: 'a' }))
    .catch(() => {});
  const [{ hostname, port, path } = { hostname: '', path: '' }] = sent;
  return `${hostname}${port ? `:${port}` : ''}${path}`;
}

it.each([
  ['http://s3.corp.example:9000', 'auto', 's3.corp.example:9000/a-bucket/a'],
  ['http://localhost:9000', undefined, 'localhost:9000/a-bucket/a'],
  ['http://s3.corp.example:9000', 'path', 's3.corp.example:9000/a-bucket/a'],
  ['https://oss.example', 'virtual', 'a-bucket.oss.example/a'],
  ['https://oss.example:8443/s3', 'virtual', 'a-bucket.oss.example:8443/s3/a'],
  ['https://gateway.example/s3/', 'auto', 'gateway.example/s3/a-bucket/a'],
  ['http://127.0.0.1:9000', 'virtual', '127.0.0.1:9000/a-bucket/a'],
  ['http://[::1]:9000', 'auto', '[::1]:9000/a-bucket/a'],
])('at %s, the style %s names a bucket as the AWS CLI does', async (endpoint, style, place) => {
  expect(await placeOf({ AWS_ENDPOINT_URL_S3: endpoint, [ENVIRONMENT.addressingStyle]: style })).toBe(place);
});

it('is the host at AWS, unless the path is asked for', async () => {
  expect(await placeOf({})).toMatch(/^a-bucket\.s3\.eu-test-\d+\.amazonaws\.com\/a$/);
  expect(await placeOf({ [ENVIRONMENT.addressingStyle]: 'path' })).toMatch(
    /^s3\.eu-test-\d+\.amazonaws\.com\/a-bucket\/a$/,
  );
});

it('of an endpoint that was named wins over FIPS and dual stack, which are about those of AWS', async () => {
  const shell = { AWS_CONFIG_FILE: '/none', AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' };
  const env = await runEnvironment(shell, { endpointUrl: 'http://s3.corp.example' });

  expect(await placeOf(env)).toBe('s3.corp.example/a-bucket/a');
});
