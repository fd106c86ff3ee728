import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { runEnvironment } from '../../cli/input/run-environment';
import { type S3Server, startS3 } from '../../local/s3';
import { ENVIRONMENT } from '../../statemachine/contract';
import { past } from '../support/mirror';
import { startProxy, type TestProxy } from '../support/proxy';
import { temporaryFolder } from '../support/temporary-folder';
import { type Certificates, createCertificates, startTls } from '../support/tls';
import { runCli } from './command-line';

const HOST = 's3.corp.invalid';
const folder = temporaryFolder();
const file = (name: string) => join(folder, name);
let certificates: Certificates;
let s3: S3Server;
let proxy: TestProxy;
let close: () => void;

beforeAll(async () => {
  certificates = await createCertificates(HOST);
  s3 = await startS3();
  const tls = await startTls(s3.port, certificates);
  proxy = await startProxy({ ports: { [`${HOST}:80`]: s3.port, [`${HOST}:443`]: tls.port } });
  writeFileSync(file('authority.pem'), certificates.authority);
  writeFileSync(file('none.pem'), 'no certificate');
  const { authority } = certificates;
  const damaged = authority.replace(/(?<=-\r?\n)\w{8}/, 'AAAAAAAA');
  writeFileSync(file('several.pem'), `\ufeff# ours\r\n${`${authority}\n${authority}`.replaceAll(/\r?\n/g, '\r\n')}`);
  writeFileSync(file('damaged.pem'), `${authority}\n${damaged}`);
  writeFileSync(file('cut.pem'), `${authority}\n${authority.slice(0, 200)}`);
  writeFileSync(
    file('config'),
    `[profile corp]
aws_access_key_id = test
aws_secret_access_key = test
endpoint_url = https://${HOST}
ca_bundle = ${file('authority.pem')}
[profile home]
aws_access_key_id = test
aws_secret_access_key = test
ca_bundle = ~/authority.pem
[profile lost]
aws_access_key_id = test
aws_secret_access_key = test
ca_bundle = ${file('not-there.pem')}
`,
  );
  close = () => {
    proxy.close();
    tls.close();
  };
});
afterAll(async () => {
  close();
  await s3.close();
});
beforeEach(() => {
  s3.createBucket('source').put('a', 'x', { lastModified: past });
  s3.createBucket('destination').put('orphan', 'x', { lastModified: past });
  proxy.seen.splice(0);
});

const run = ['run', 's3://source', 's3://destination', '--json'];
const none = { AWS_ENDPOINT_URL_S3: undefined, HTTP_PROXY: undefined, HTTPS_PROXY: undefined, NO_PROXY: undefined };

it('mirrors through a proxy if only the proxy knows the endpoint', async () => {
  const env = { ...none, AWS_ENDPOINT_URL_S3: `http://${HOST}`, HTTP_PROXY: proxy.url };
  const { exitCode, stdout } = await runCli(undefined, run, '', env);

  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
  expect(exitCode).toBe(0);
  expect(proxy.seen.every((line) => line.includes(` http://${HOST}/`))).toBe(true);
});

it('mirrors over TLS through a tunnel, with the certificate authority of the profile', async () => {
  const keys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
  const env = { ...none, ...keys, AWS_CONFIG_FILE: file('config'), https_proxy: proxy.url };
  const { exitCode, stdout } = await runCli(undefined, [...run, '--profile', 'corp'], '', env);

  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
  expect(exitCode).toBe(0);
  expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${HOST}:443`]));
});

it('moves objects between two servers, one of which has a certificate authority of its own', async () => {
  const env = { ...none, AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_CONFIG_FILE: file('config'), https_proxy: proxy.url };
  const { exitCode, stdout } = await runCli(undefined, [...run, '--source-profile', 'corp'], '', env);

  expect(JSON.parse(stdout)).toMatchObject({
    status: 'succeeded',
    where: { streamedFrom: `https://${HOST}` },
    totals: { copied: 1, deleted: 1 },
  });
  expect(exitCode).toBe(0);
});

it('ends with one sentence if it has no reason to trust the endpoint', async () => {
  const env = { ...none, AWS_ENDPOINT_URL_S3: `https://${HOST}`, HTTPS_PROXY: proxy.url };
  const { exitCode, stdout } = await runCli(undefined, run, '', env);

  const { error } = JSON.parse(stdout);
  expect(exitCode).toBe(1);
  expect(error).toMatchObject({
    name: 'EndpointError',
    message: expect.stringMatching(/not trusted here.*AWS_CA_BUNDLE/),
  });
});

describe('before anything is asked', () => {
  it('uses the certificates of AWS_CA_BUNDLE instead of those of the profile', async () => {
    const env = { AWS_CONFIG_FILE: file('config'), AWS_CA_BUNDLE: file('authority.pem') };
    expect(await runEnvironment(env, { profile: 'lost' })).toMatchObject({ AWS_CA_BUNDLE: file('authority.pem') });
  });

  it('takes several certificates, with a byte order mark and other line ends', async () => {
    const env = { AWS_CONFIG_FILE: file('config'), AWS_CA_BUNDLE: file('several.pem') };
    expect(await runEnvironment(env, {})).toMatchObject({ AWS_CA_BUNDLE: file('several.pem') });
  });

  it('finds the certificates of a profile in the home directory, as the AWS CLI does', async () => {
    jest.spyOn(os, 'homedir').mockReturnValue(folder);
    const env = { AWS_CONFIG_FILE: file('config') };
    expect(await runEnvironment(env, { profile: 'home' })).toMatchObject({ AWS_CA_BUNDLE: file('authority.pem') });
  });

  it('trusts the certificates of the profile of one side for this side only', async () => {
    const env = { AWS_CONFIG_FILE: file('config'), AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
    const { AWS_CA_BUNDLE, ...made } = await runEnvironment(env, { sourceProfile: 'corp' });
    expect(AWS_CA_BUNDLE).toBeUndefined();
    expect(JSON.parse(made[ENVIRONMENT.sides] ?? '')).toMatchObject([
      { side: 'source', caBundle: file('authority.pem') },
    ]);
  });

  it.each([
    [{ AWS_CA_BUNDLE: file('none.pem') }, {}, `Expected AWS_CA_BUNDLE to name a file of certificates`],
    [{ AWS_CA_BUNDLE: file('damaged.pem') }, {}, 'its certificate 2 is damaged'],
    [{ AWS_CA_BUNDLE: file('cut.pem') }, {}, 'one of them is cut off'],
    [{}, { sourceProfile: 'lost' }, 'Could not read the certificates of ca_bundle of the profile "lost": ENOENT'],
    [{ AWS_CA_BUNDLE: folder }, {}, 'Could not read the certificates of AWS_CA_BUNDLE: EISDIR'],
    [{}, { profile: 'lost' }, 'Could not read the certificates of ca_bundle of the profile "lost": ENOENT'],
    [{ HTTPS_PROXY: 'http://' }, {}, 'Expected HTTPS_PROXY to be the URL of a proxy like http://proxy.example:3128'],
    [{ http_proxy: 'ftp://me:secret@proxy' }, {}, 'Expected http_proxy to be the URL of a proxy'],
  ])('rejects what cannot be used: %j %j', async (env, options, message) => {
    const refused = runEnvironment({ AWS_CONFIG_FILE: file('config'), ...env }, options);
    await expect(refused).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining(message),
    });
    await expect(refused).rejects.not.toThrow('secret');
  });
});
