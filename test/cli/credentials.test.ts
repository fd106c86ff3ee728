import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { findAgain, findCredentials, processCredentials } from '../../cli/input/credentials';
import { askForMfaCode } from '../../cli/input/mfa-code';
import { asksForMfaCode } from '../../cli/input/profile';
import { runLocally } from '../../local/run-locally';
import { type Credentials, type S3Server, startS3 } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';
import { shellWord } from '../../wording/shell-word';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

let s3: S3Server;
const folder = temporaryFolder();
const calls = join(folder, 'calls');

/** A program of `credential_process` that notes each call of it. */
function program(name: string, then: string): string {
  const file = join(folder, `${name}.js`);
  writeFileSync(file, `require('node:fs').appendFileSync(${JSON.stringify(calls)}, 'called\\n');\n${then}`);
  return `"${process.execPath}" "${file}"`;
}

const answer = { Version: 1, AccessKeyId: 'test', SecretAccessKey: 'test', Expiration: '2099-01-01T00:00:00Z' };
writeFileSync(
  join(folder, 'config'),
  `[profile counted]
credential_process = ${program('good', `console.log(${JSON.stringify(JSON.stringify(answer))})`)}
[profile failing]
credential_process = ${program('bad', `console.error('the device says no'); process.exit(3)`)}
[profile asking]
credential_process = ${program('asking', `process.stdin.on('end', () => console.log(${JSON.stringify(JSON.stringify(answer))})).resume()`)}
[profile chatty]
credential_process = ${program('chatty', `console.error('x'.repeat(300_000)); console.log(${JSON.stringify(JSON.stringify(answer))})`)}
[profile keys]
aws_access_key_id = test
aws_secret_access_key = test
[profile with-code]
role_arn = arn:aws:iam::111122223333:role/mirror
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/device
region = us-east-1
[profile on-top]
role_arn = arn:aws:iam::111122223333:role/other
source_profile = with-code
[profile sso]
sso_session = company
sso_account_id = 111122223333
sso_role_name = mirror
[sso-session company]
sso_region = eu-west-1
sso_start_url = https://company.invalid/start
[profile sso-of-old]
sso_start_url = https://company.invalid/start
sso_region = eu-west-1
sso_account_id = 111122223333
sso_role_name = mirror
[profile on-sso]
role_arn = arn:aws:iam::111122223333:role/other
source_profile = sso
`,
);
const files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') };
const countCalls = () => readFileSync(calls, 'utf8').trim().split('\n').length;

beforeEach(async () => {
  writeFileSync(calls, '');
  s3 = await startS3();
  const source = s3.createBucket('source');
  s3.createBucket('destination');
  s3.createBucket('reports');
  for (let index = 0; index < 300; index++) source.put(`k${index}`, 'x', { lastModified: new Date(0) });
});
afterEach(() => s3.close());

const run = ['run', 's3://source', 's3://destination', '--report-location', 's3://reports', '--json'];

it('calls the credential program of a profile once, however many threads and clients a run has', async () => {
  const { exitCode, stdout } = await runCli(s3, [...run, '--profile', 'counted'], '', files);

  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 300 } });
  expect(exitCode).toBe(0);
  expect(countCalls()).toBe(1);
});

it.each(['asking', 'chatty'])(
  'gives it no input that never comes, and lets it say what it wants beside its answer: %s',
  async (profile) => {
    const { exitCode, stdout } = await runCli(s3, [...run, '--profile', profile], '', files);

    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 300 } });
    expect(exitCode).toBe(0);
  },
);

it('calls it once for a proof and its cleanup', async () => {
  const outputs = ['--journal', join(folder, 'journals'), '--output', join(folder, 'prove.json')];
  const proof = await runCli(s3, ['prove', '--yes', '--stages', 'A', '--profile', 'counted', ...outputs], '', files);

  expect(proof).toMatchObject({ exitCode: 0 });
  expect(countCalls()).toBe(1);
});

it('calls it once for a retry too, although a retry first reads a report', async () => {
  s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'k7' ? { status: 403, code: 'AccessDenied' } : undefined;
  const first = await runCli(s3, [...run, '--profile', 'counted'], '', files);
  s3.onRequest = undefined;
  writeFileSync(calls, '');

  const { runId } = JSON.parse(first.stdout);
  const again = ['retry', runId, '--report-location', 's3://reports', '--json', '--profile', 'counted'];
  const { stdout } = await runCli(s3, again, '', files);

  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(countCalls()).toBe(1);
});

it('ends with one clear error if the program fails, and does not call it again', async () => {
  const { exitCode, stdout } = await runCli(s3, [...run, '--profile', 'failing'], '', files);

  const { error } = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  expect(error.name).toBe('CredentialsProviderError');
  expect(error.message).toContain('Could not get credentials (profile "failing")');
  expect(countCalls()).toBe(1);
});

it('hands new credentials to all threads once the first ones have expired', async () => {
  let found = 0;
  const [first, renewed] = ['session-1', 'session-2'].map((sessionToken) => ({
    accessKeyId: `key-of-${sessionToken}`,
    secretAccessKey: 'test',
    sessionToken,
  })) as [Credentials, Credentials];
  const used = new Set<string>();
  s3.credentials = [first, renewed];
  s3.onRequest = ({ headers }) => {
    used.add(headers['x-amz-security-token'] ?? 'none');
    return undefined;
  };
  const { CredentialBroker } = await import('../../local/credential-broker');
  const broker = new CredentialBroker(async () => {
    found += 1;
    const expiration = new Date(found === 1 ? Date.now() - 1 : Date.now() + 3_600_000);
    return { ...(found === 1 ? first : renewed), expiration };
  });

  const summary = await runLocally(
    { source: 'source', destination: 'destination' },
    { env: { ...withoutKeys(s3), [ENVIRONMENT.reportLocation]: pathToFileURL(folder).href }, credentials: broker.get },
  );

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 300 } });
  expect(found).toBe(2);
  expect(used).toContain('session-2');
  expect(used).not.toContain('none');
});

it('lets each client use the keys in the environment, and calls no program', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

  expect(processCredentials(keys)).toBeUndefined();
  expect(processCredentials({ ...keys, AWS_PROFILE: 'counted' })).toBeDefined();
  expect(processCredentials({})).toBeDefined();
});

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

it.each([
  ['sso', 'sso'],
  ['sso-of-old', 'sso-of-old'],
  ['on-sso', 'sso'],
])('says by which command to log in, and for which profile: %s', async (profile, login) => {
  Object.assign(process.env, { ...files, AWS_PROFILE: profile });

  await expect(findCredentials(profile)).rejects.toMatchObject({
    name: 'CredentialsProviderError',
    message: expect.stringMatching(new RegExp(`invalid\\. Log in: aws sso login --profile ${login}$`)),
  });
});

it.each([
  ['a-b', 'a-b'],
  ['team a', "'team a'"],
  ["o'clock; rm", "'o'\\''clock; rm'"],
])('quotes a profile for the shell: %s', (profile, word) => {
  expect(shellWord(profile)).toBe(word);
});

describe('a profile with mfa_serial', () => {
  it('asks for the code once for all clients, and begins the session of the role with it', async () => {
    const asked: string[] = [];
    const bodies: URLSearchParams[] = [];
    const sts = createServer(async (request, response) => {
      bodies.push(new URLSearchParams(await text(request)));
      response.setHeader('content-type', 'text/xml').end(ASSUMED);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => sts.once('listening', resolve));
    const endpoint = `http://127.0.0.1:${(sts.address() as AddressInfo).port}`;
    Object.assign(process.env, { ...files, AWS_PROFILE: 'with-code', AWS_ENDPOINT_URL_STS: endpoint });

    const identity = await findCredentials('with-code', async (serial) => {
      asked.push(serial);
      return '123456';
    });
    sts.close();
    sts.closeAllConnections();

    expect(identity).toMatchObject({ accessKeyId: 'assumed', sessionToken: 'session' });
    expect(asked).toEqual(['arn:aws:iam::111122223333:mfa/device']);
    expect(bodies.map((body) => [body.get('SerialNumber'), body.get('TokenCode')])).toEqual([[asked[0], '123456']]);
  });

  it('asks for it once, and not again when the session ends, as nobody may be there to answer', async () => {
    const asked: string[] = [];
    Object.assign(process.env, { ...files, AWS_PROFILE: 'with-code', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' });
    const find = findAgain('with-code', async (serial) => {
      asked.push(serial);
      return '123456';
    });
    await expect(find()).rejects.toThrow('127.0.0.1:1');

    await expect(find()).rejects.toThrow(
      'the session that began with the MFA code of arn:aws:iam::111122223333:mfa/device has ended',
    );
    expect(asked).toHaveLength(1);
  });

  it('needs a terminal', async () => {
    await expect(askForMfaCode('arn:aws:iam::111122223333:mfa/device')).rejects.toThrow(
      'Expected a terminal to ask for the MFA code of arn:aws:iam::111122223333:mfa/device, got none',
    );
  });

  it.each([
    ['with-code', true],
    ['on-top', true],
    ['keys', false],
    ['no-such-profile', false],
  ])('is known before the run shows anything: %s %s', async (profile, asks) => {
    const { readAwsConfig } = await import('../../cli/input/aws-config');

    expect(asksForMfaCode({ AWS_PROFILE: profile }, await readAwsConfig(files))).toBe(asks);
  });
});

/** The environment of a run whose credentials come from nowhere else. */
function withoutKeys({ endpoint }: S3Server): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(AWS|BUCKETSYNC)_/.test(name));
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

const ASSUMED = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser>
<AssumedRoleId>A:mirror</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/mirror/session</Arn></AssumedRoleUser><Credentials>
<AccessKeyId>assumed</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>session</SessionToken>
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
