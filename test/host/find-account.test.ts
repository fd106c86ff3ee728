import { S3Client } from '@aws-sdk/client-s3';
import { findAccount, stsEndpoint } from '../../lambdas/host/find-account';
import { startSts } from '../support/sts';

const { env } = process;
const keys = { AWS_ACCESS_KEY_ID: 'AKIATEST', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };
const PRIVATE = 'https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com';
let sts: Awaited<ReturnType<typeof startSts>>;

beforeEach(async () => {
  sts = await startSts();
  const others = Object.entries(env).filter(([name]) => !name.startsWith('AWS_'));
  process.env = { ...Object.fromEntries(others), ...keys, AWS_ENDPOINT_URL_STS: sts.endpoint };
});
afterEach(() => {
  sts.close();
  process.env = env;
});

it.each([
  ['AWS itself', {}],
  ['an endpoint of AWS', { AWS_ENDPOINT_URL_S3: PRIVATE }],
  ['AWS itself, whatever is to be ignored', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }],
])('asks STS whose keys these are, if S3 is %s', async (_what, more) => {
  Object.assign(process.env, more);

  expect(await findAccount()).toBe('111122223333');
  // No run waits for this, so one of the suite before may ask here, too: for its own region.
  expect(sts.asked).toContainEqual({
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/\d{8}\/eu-west-1\/sts\/aws4_request, /,
    ),
  });
});

it.each(['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])('sends nothing to STS if %s names another S3', async (name) => {
  process.env[name] = 'https://storage.example';

  expect(await findAccount()).toBeUndefined();
  expect(sts.asked).toEqual([]);
});

it.each<[what: string, statusCode: number, body: string]>([
  ['refuses', 403, '<Account>111122223333</Account>'],
  ['answers something else', 200, '<html>111122223333</html>'],
  ['answers without end', 200, `<Account>111122223333</Account>${' '.repeat(100_000)}`],
])('knows no account, and does not fail, if STS %s', async (_what, statusCode, body) => {
  sts.answer = (response) => void response.writeHead(statusCode).end(body);

  expect(await findAccount()).toBeUndefined();
});

it('knows no account, and does not fail, if nobody listens', async () => {
  sts.close();

  expect(await findAccount()).toBeUndefined();
});

it.each([
  ['eu-west-1', false, 'https://sts.eu-west-1.amazonaws.com/'],
  ['us-east-1', false, 'https://sts.us-east-1.amazonaws.com/'],
  ['us-east-1', true, 'https://sts-fips.us-east-1.amazonaws.com/'],
  ['cn-north-1', false, 'https://sts.cn-north-1.amazonaws.com.cn/'],
])('finds STS of %s beside its S3 (FIPS: %s)', (region, fips, url) => {
  delete process.env.AWS_ENDPOINT_URL_STS;

  expect(stsEndpoint(new S3Client({}).config, region, fips)?.href).toBe(url);
});

it('never asks STS of AWS if an endpoint of S3 was named', () => {
  delete process.env.AWS_ENDPOINT_URL_STS;
  process.env.AWS_ENDPOINT_URL_S3 = PRIVATE;

  expect(stsEndpoint(new S3Client({}).config, 'eu-west-1', false)).toBeUndefined();
});
