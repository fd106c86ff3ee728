import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Credentials, type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { past } from '../support/mirror';
import { MIB, putInParts } from '../support/put-in-parts';
import { temporaryFolder } from '../support/temporary-folder';
import { expectEqual, HERE, THERE } from '../support/two-worlds';
import { runCli } from './cli-at-length';
import { finished, runCli as runCliProcess, startCli, writeRequests } from './command-line';

let there: S3Server;
let here: S3Server;
let configFile: string;

beforeAll(async () => {
  [there, here] = [await startS3({ credentials: [THERE], region: 'auto' }), await startS3({ credentials: [HERE] })];
});
afterAll(() => Promise.all([there.close(), here.close()]));

beforeEach(() => {
  for (const s3 of [there, here]) {
    s3.onRequest = undefined;
    s3.requests.reset();
  }
  configFile = join(temporaryFolder(), 'config');
  writeFileSync(
    configFile,
    [
      ...profile('there', THERE, [`endpoint_url = ${there.endpoint}`, 'region = auto']),
      ...profile('here', HERE, ['services = here', 'region = us-east-1']),
      ...profile('also-here', HERE, ['services = here']),
      ...['[services here]', 's3 =', `  endpoint_url = ${here.endpoint}`, ''],
    ].join('\n'),
  );
});

function profile(name: string, { accessKeyId, secretAccessKey }: Credentials, more: readonly string[]): string[] {
  const keys = [`aws_access_key_id = ${accessKeyId}`, `aws_secret_access_key = ${secretAccessKey}`];
  return [`[profile ${name}]`, ...keys, ...more, ''];
}

/** Without an endpoint or keys in the environment. */
const shell = () => ({
  AWS_ENDPOINT_URL_S3: undefined,
  AWS_ACCESS_KEY_ID: undefined,
  AWS_SECRET_ACCESS_KEY: undefined,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: configFile,
  AWS_SHARED_CREDENTIALS_FILE: configFile,
});

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  runCli(undefined, args, '', { ...shell(), ...env });

function createPair() {
  const source = there.createBucket('data');
  const destination = here.createBucket('data');
  source.put('a', 'content', { lastModified: past, user: { owner: 'me' }, tags: [['team', 'blue']] });
  putInParts(source, 'large', [5 * MIB, MIB], { lastModified: past });
  return { source, destination };
}

const URLS = ['s3://data', 's3://data'];
const PROFILES = ['--source-profile', 'there', '--destination-profile', 'here'];

describe('a run with a profile for each side', () => {
  it('says first where both buckets are, and copies through this machine although both have one name', async () => {
    const { source, destination } = createPair();

    const { exitCode, stdout, stderr } = await run(['run', ...URLS, ...PROFILES]);

    expect(stderr.split('\n')[0]).toBe(
      `s3://data → s3://data (${there.endpoint}, profile there, auto → ${here.endpoint}, profile here, us-east-1, through this machine)`,
    );
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`from ${there.endpoint} through the machine to ${here.endpoint}`);
    expectEqual(source, destination);
    expect(writeRequests(there)).toBe(0);
  });

  it('copies on the server if both endpoints are one server, whatever their names', async () => {
    here.createBucket('source').put('a', 'content', { lastModified: past });
    here.createBucket('destination');

    const { exitCode, stdout } = await run([
      ...['run', 's3://source', 's3://destination', '--json'],
      ...['--source-profile', 'also-here', '--destination-profile', 'here'],
    ]);

    expect({ exitCode, ...(JSON.parse(stdout) as RunSummary) }).toMatchObject({ exitCode: 0, totals: { copied: 1 } });
    expect(here.requests.of('CopyObject')).toBeGreaterThan(0);
  });

  it('still rejects folders of one bucket that overlap, if both endpoints are one', async () => {
    here.createBucket('data');

    const { exitCode, stderr } = await run([
      ...['run', 's3://data/site', 's3://data/site/old'],
      ...['--source-profile', 'also-here', '--destination-profile', 'here'],
    ]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringContaining('overlap') });
  });

  it.each([
    ['--source-profile', 'nobody', /--source-profile.*the AWS configuration has/],
    ['--destination-endpoint-url', 'localhost:9000', /Expected --destination-endpoint-url to be a URL/],
  ])('rejects %s %s', async (option, value, message) => {
    const { exitCode, stderr } = await run(['run', ...URLS, option, value]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: expect.stringMatching(message) });
  });
});

it('uses the environment for settings that a side has no option for', async () => {
  const { source, destination } = createPair();
  const environment = {
    AWS_ENDPOINT_URL_S3: here.endpoint,
    AWS_ACCESS_KEY_ID: HERE.accessKeyId,
    AWS_SECRET_ACCESS_KEY: HERE.secretAccessKey,
    AWS_CONFIG_FILE: configFile,
  };

  const { exitCode } = await run(['run', ...URLS, '--source-profile', 'there', '--verify'], environment);

  expect(exitCode).toBe(0);
  expectEqual(source, destination);
});

it('retries between the same places only', async () => {
  const { source, destination } = createPair();
  const reports = ['--report-location', temporaryFolder()];
  here.onRequest = ({ operation, key }) =>
    operation === 'PutObject' && key === 'a' ? { status: 403, code: 'AccessDenied' } : undefined;
  const failed = JSON.parse((await run(['run', ...URLS, ...PROFILES, ...reports, '--json'])).stdout) as RunSummary;
  here.onRequest = undefined;
  expect(failed).toMatchObject({ status: 'failed', totals: { failed: 1 } });

  const elsewhere = await run(['retry', failed.runId, '--profile', 'here', ...reports]);
  const again = await run(['retry', failed.runId, ...PROFILES, ...reports]);

  expect(elsewhere).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('add the same --source-') });
  expect(again.exitCode).toBe(0);
  expectEqual(source, destination);
});

it('is finished by the next run after it was killed in the middle of a part, and no complete part is sent again', async () => {
  const { source, destination } = createPair();
  putInParts(source, 'large', [...Array<number>(6).fill(5 * MIB), 1], { lastModified: past });
  const machine = { ...shell(), BUCKETSYNC_REPORT_LOCATION: temporaryFolder() };
  const killed = startCli(undefined, ['run', ...URLS, ...PROFILES], machine);
  let parts = 0;
  here.onRequest = ({ operation }) => {
    if (operation !== 'UploadPart' || ++parts <= 3) return undefined;
    killed.kill('SIGKILL');
    return 'stall';
  };
  expect(await finished(killed)).toMatchObject({ exitCode: null });
  const [upload] = destination.uploads.values();
  const present = [...(upload?.parts.keys() ?? [])].map(String);
  const again: string[] = [];
  here.onRequest = ({ operation, query }) => {
    if (operation === 'UploadPart') again.push(query.get('partNumber') ?? '');
    return undefined;
  };

  const { exitCode, stderr } = await runCliProcess(undefined, ['run', ...URLS, ...PROFILES], '', machine);

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  expect(present.length).toBeGreaterThan(0);
  expect(again.sort()).toEqual(['1', '2', '3', '4', '5', '6', '7'].filter((part) => !present.includes(part)));
  expectEqual(source, destination);
});
