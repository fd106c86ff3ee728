import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import type { HttpRequest } from '@smithy/core/protocols';
import { type EnvironmentOptions, runEnvironment } from '../../../cli/input/run-environment';
import { BucketRequests } from '../../../lambdas/s3/client/bucket-requests';
import { s3Client } from '../../../lambdas/s3/client/s3-client';
import { openChannelsBy } from '../../../lambdas/s3/credentials/credentials';
import { worldOf } from '../../../lambdas/s3/credentials/worlds';
import { ENVIRONMENT } from '../../../statemachine/contract';
import type { Side } from '../../../statemachine/input/sides';
import { temporaryFolder } from '../../support/temporary-folder';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});
let regions = 0;

/** Where a request for an object goes. */
async function placeOf(env: NodeJS.ProcessEnv, bucket = 'a-bucket', side?: Side): Promise<string> {
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_CONFIG_FILE: '/none' };
  process.env = { ...before, [ENVIRONMENT.sides]: undefined, ...keys, ...env };
  const world = side && worldOf(side, bucket);
  const client = s3Client(`eu-test-${++regions}`, world); // each has a client of its own
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

describe('of a side that is reached in its own way', () => {
  const folder = temporaryFolder();
  beforeAll(() => openChannelsBy(() => async () => ({ accessKeyId: 'a', secretAccessKey: 'b' })));
  const file = join(folder, 'config');
  const keys = ['aws_access_key_id = a', 'aws_secret_access_key = b'];
  writeFileSync(
    file,
    [
      ...['[profile oss]', ...keys, 'endpoint_url = https://oss.example', 's3 =', '  addressing_style = virtual', ''],
      ...['[profile minio]', ...keys, 'endpoint_url = https://minio.example', ''],
      ...['[profile aws]', ...keys, 's3 =', '  addressing_style = path', ''],
    ].join('\n'),
  );
  const shell = { AWS_CONFIG_FILE: file, AWS_SHARED_CREDENTIALS_FILE: '/none' };
  const [inHost, inPath] = ['a-bucket.oss.example/a', 'oss.example/a-bucket/a'];
  const oss = { sourceEndpointUrl: 'https://oss.example' };

  it.each<[what: string, options: EnvironmentOptions, source: string | RegExp, destination: string | RegExp]>([
    [
      'by its profile, whatever that of the other one says',
      { sourceProfile: 'oss', destinationProfile: 'minio' },
      inHost,
      'minio.example/a-bucket/a',
    ],
    [
      'by the option for both',
      { ...oss, destinationProfile: 'minio', addressingStyle: 'virtual' },
      inHost,
      'a-bucket.minio.example/a',
    ],
    [
      'by the option for both, also at AWS',
      { ...oss, addressingStyle: 'path' },
      inPath,
      /^s3\.eu-test-\d+\.amazonaws\.com\/a-bucket\/a$/,
    ],
    [
      'by the option for both rather than by its profile',
      { sourceProfile: 'oss', addressingStyle: 'path' },
      inPath,
      /^s3\./,
    ],
    [
      'by its own option rather than by that for both',
      {
        ...oss,
        sourceAddressingStyle: 'virtual',
        destinationEndpointUrl: 'https://minio.example',
        addressingStyle: 'path',
      },
      inHost,
      'minio.example/a-bucket/a',
    ],
    [
      'at AWS by its profile',
      { ...oss, destinationProfile: 'aws' },
      inPath,
      /^s3\.eu-test-\d+\.amazonaws\.com\/a-bucket\/a$/,
    ],
    ['as the profile for both says, at its endpoint', { profile: 'oss', sourceRegion: 'auto' }, inHost, inHost],
    [
      'not as the profile for both says, at an endpoint of its own',
      { profile: 'oss', sourceEndpointUrl: 'https://minio.example' },
      'minio.example/a-bucket/a',
      inHost,
    ],
    ['by an option alone', { profile: 'oss', sourceAddressingStyle: 'path' }, inPath, inHost],
  ])('is found %s', async (_what, options, source, destination) => {
    const env = await runEnvironment(shell, options);
    const places = [await placeOf(env, 'a-bucket', 'source'), await placeOf(env, 'a-bucket', 'destination')];

    for (const [index, expected] of [source, destination].entries()) {
      if (typeof expected === 'string') expect(places[index]).toBe(expected);
      else expect(places[index]).toMatch(expected);
    }
  });

  it.each<[EnvironmentOptions, string]>([
    [{ sourceAddressingStyle: 'host' }, 'Expected --source-addressing-style to be auto, path, virtual, got "host"'],
    [
      { destinationProfile: 'minio', addressingStyle: 'host' },
      'Expected --addressing-style to be auto, path, virtual, got "host"',
    ],
  ])('is rejected: %j', async (options, message) => {
    await expect(runEnvironment(shell, options)).rejects.toThrow(message);
  });
});
