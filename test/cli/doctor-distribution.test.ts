import type { Bucket } from '../../local/s3';
import type { DistributionOfFake } from '../support/fake-cloudfront';
import { DISTRIBUTION, useCloudFront } from '../support/use-cloudfront';
import { type Diagnosis, lineOf, OWNERS, type Pair, statesOf, useDoctorPairs } from './doctor-pair';

const pairs = useDoctorPairs();
const settings: DistributionOfFake = {};
const cloudFront = useCloudFront({ settings });

beforeEach(() => {
  pairs.env = { AWS_ENDPOINT_URL_CLOUDFRONT: cloudFront.server.endpoint };
});

const domainOf = ({ destination }: Pair) => `${destination.name}.s3.us-east-1.amazonaws.com`;
const examine = (pair: Pair, ...more: string[]) =>
  pairs.examine(pair, ...OWNERS, '--invalidate', DISTRIBUTION, ...more);

/** The lines about the distribution, without the beginning of their names. */
const statesOfDistribution = (diagnosis: Diagnosis) =>
  Object.fromEntries(
    Object.entries(statesOf(diagnosis)).flatMap(([check, state]) =>
      check.startsWith('distribution.') ? [[check.slice('distribution.'.length), state]] : [],
    ),
  );

const GOOD = { existence: 'ok', enabled: 'ok', origin: 'ok', folder: 'ok' };

it('asks CloudFront one question that reads, and says that all is well with a distribution that is well', async () => {
  const pair = await pairs.create();
  Object.assign(settings, { isEnabled: true, origins: [{ domain: domainOf(pair), path: '' }] });

  const diagnosis = await examine(pair);

  expect(diagnosis).toMatchObject({ exitCode: 0, result: 'ok' });
  expect(statesOfDistribution(diagnosis)).toEqual(GOOD);
  expect(cloudFront.server.requests).toEqual(['GetDistribution']);
});

it.each<[what: string, domain: (bucket: string) => string]>([
  ['in the Region', (bucket) => `${bucket}.s3.eu-central-1.amazonaws.com`],
  ['in the first Region', (bucket) => `${bucket}.s3.amazonaws.com`],
  ['of old', (bucket) => `${bucket}.s3-eu-west-1.amazonaws.com`],
  ['with IPv6', (bucket) => `${bucket}.s3.dualstack.us-east-1.amazonaws.com`],
  ['in China', (bucket) => `${bucket}.s3.cn-north-1.amazonaws.com.cn`],
  ['of a website', (bucket) => `${bucket}.s3-website-us-east-1.amazonaws.com`],
  ['of a website in a newer Region', (bucket) => `${bucket}.s3-website.eu-central-1.amazonaws.com`],
])('knows the domain of a bucket: %s', async (_what, domain) => {
  const pair = await pairs.create();
  Object.assign(settings, { isEnabled: true, origins: [{ domain: domain(pair.destination.name), path: '' }] });

  expect(statesOfDistribution(await examine(pair))).toEqual(GOOD);
});

type Fault = [
  what: string,
  check: string,
  state: string,
  says: RegExp,
  change: (pair: Pair) => object,
  options?: string[],
];

const FAULTS: Fault[] = [
  ['it is disabled', 'enabled', 'warning', /^is disabled, so nobody gets a page/, () => ({ isEnabled: false })],
  [
    'it serves another bucket',
    'origin',
    'failure',
    /^none of its origins is s3:\/\/destination-\d+, but other\.s3\.amazonaws\.com: runs invalidate the paths of another site/,
    () => ({ origins: [{ domain: 'other.s3.amazonaws.com', path: '' }] }),
  ],
  [
    'it serves a bucket whose name only begins in the same way',
    'origin',
    'failure',
    /^none of its origins is/,
    (pair) => ({ origins: [{ domain: `x${domainOf(pair)}`, path: '' }] }),
  ],
  [
    'it serves something that may stand before the bucket',
    'origin',
    'warning',
    /make sure that one of them serves it$/,
    () => ({ origins: [{ domain: 'proxy.example.com', path: '' }] }),
  ],
  [
    'its origin has another path',
    'origin',
    'failure',
    /^its origin path is "\/site", and `originPath` is ""/,
    (pair) => ({ origins: [{ domain: domainOf(pair), path: '/site' }] }),
  ],
  [
    'the input has another path',
    'origin',
    'failure',
    /^its origin path is "", and `originPath` is "\/site"/,
    () => ({}),
    ['--invalidate-origin-path', '/site'],
  ],
];

it.each(FAULTS)('says on exactly its line that %s', async (_what, check, state, says, change, options = []) => {
  const pair = await pairs.create();
  Object.assign(settings, { isEnabled: true, origins: [{ domain: domainOf(pair), path: '' }], ...change(pair) });

  const diagnosis = await examine(pair, ...options);

  expect(statesOfDistribution(diagnosis)).toEqual({ ...GOOD, [check]: state });
  const line = lineOf(diagnosis, `distribution.${check}`);
  expect(line.says).toMatch(says);
  expect(line.commands).toHaveLength(1);
  expect(line.commands[0]).toMatch(
    /^aws cloudfront (get-distribution-config|update-distribution) --id EDFDVBD6EXAMPLE /,
  );
});

it('shows a command that only enables it, and only as it is now', async () => {
  const pair = await pairs.create();
  const origins = [{ domain: domainOf(pair), path: '' }];
  Object.assign(settings, { isEnabled: false, origins });

  const [command = ''] = lineOf(await examine(pair), 'distribution.enabled').commands;

  expect(command).toContain('--if-match E1');
  const config = JSON.parse(/--distribution-config '(.*?)'(?: |$)/.exec(command)?.[1] ?? '{}');
  expect(config).toMatchObject({ Enabled: true, Origins: { Items: [{ DomainName: domainOf(pair) }] } });
});

it('says that runs write where it serves nothing', async () => {
  const pair = await pairs.create();
  Object.assign(settings, { isEnabled: true, origins: [{ domain: domainOf(pair), path: '/other' }] });
  const named = ({ name }: { readonly name: string }) => ({ name: `${name}/site` }) as Bucket;
  const inFolder = { ...pair, source: named(pair.source), destination: named(pair.destination) };

  const diagnosis = await examine(inFolder, '--invalidate-origin-path', '/other');

  expect(statesOfDistribution(diagnosis)).toEqual({ ...GOOD, folder: 'failure' });
});

it('says that there is no such distribution, and checks nothing else of it', async () => {
  const pair = await pairs.create();

  const diagnosis = await pairs.examine(pair, ...OWNERS, '--invalidate', 'EOTHER');

  expect(diagnosis.exitCode).toBe(1);
  expect(statesOfDistribution(diagnosis)).toEqual({
    existence: 'failure',
    enabled: 'unchecked',
    origin: 'unchecked',
    folder: 'unchecked',
  });
  expect(lineOf(diagnosis, 'distribution.existence').commands[0]).toMatch(/^aws cloudfront list-distributions /);
});

it('says which permission is missing, never that it is well', async () => {
  const pair = await pairs.create();
  cloudFront.server.faults.push({ status: 403, code: 'AccessDenied' });

  const diagnosis = await examine(pair);

  expect(new Set(Object.values(statesOfDistribution(diagnosis)))).toEqual(new Set(['unchecked']));
  expect(lineOf(diagnosis, 'distribution.existence').says).toContain('cloudfront:GetDistribution');
});

it('asks nobody if nobody named a distribution', async () => {
  const diagnosis = await pairs.examine(await pairs.create(), ...OWNERS);

  expect(statesOfDistribution(diagnosis)).toEqual({});
  expect(cloudFront.server.requests).toEqual([]);
});
