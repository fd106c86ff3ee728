import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '../../cli/deployed/clients';
import { runEnvironment } from '../../cli/input/run-environment';
import { temporaryFolder } from '../support/temporary-folder';

const config = `[default]
region = eu-west-1
[profile prod]
aws_access_key_id = prod
aws_secret_access_key = secret
[plain]
aws_access_key_id = ignored
aws_secret_access_key = ignored
[profile only-region]
region = eu-west-1
[profile role]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = prod
[profile broken-role]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = prdo
[profile bare-role]
role_arn = arn:aws:iam::111111111111:role/a
[profile circle]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = other-half
[profile other-half]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = circle
[profile own-base]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = own-base
aws_access_key_id = own
aws_secret_access_key = secret
[profile empty-base]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = only-region
[profile of-environment]
role_arn = arn:aws:iam::111111111111:role/a
credential_source = Environment
[profile of-instance]
role_arn = arn:aws:iam::111111111111:role/a
credential_source = Ec2InstanceMetadata
[profile process]
credential_process = /bin/true
[profile sso]
sso_session = company
[sso-session company]
sso_region = eu-west-1
[profile half-key]
aws_access_key_id = a
[profile lost-session]
sso_session = nowhere
[profile on-lost-session]
role_arn = arn:aws:iam::111111111111:role/a
source_profile = lost-session
[services local]
s3 =
  endpoint_url = http://127.0.0.1:9001
sts =
  endpoint_url = http://127.0.0.1:9005
[profile with-services]
services = local
aws_access_key_id = a
aws_secret_access_key = b
[profile with-endpoint]
endpoint_url = http://127.0.0.1:9002
ignore_configured_endpoint_urls = true
aws_access_key_id = a
aws_secret_access_key = b
[profile virtual]
endpoint_url = https://oss.example
s3 =
  addressing_style = virtual
aws_access_key_id = a
aws_secret_access_key = b
[profile odd-style]
s3 =
  addressing_style = vhost
aws_access_key_id = a
aws_secret_access_key = b
[profile no-scheme]
endpoint_url = minio:9000
aws_access_key_id = a
aws_secret_access_key = b
[profile lost-services]
services = nowhere
aws_access_key_id = a
aws_secret_access_key = b
`;
const credentials = '[from-credentials]\naws_access_key_id = a\naws_secret_access_key = b\n';

const folder = temporaryFolder();
const files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') };
writeFileSync(files.AWS_CONFIG_FILE, config);
writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, credentials);

/** All other credentials that there can be. */
const others = {
  AWS_ACCESS_KEY_ID: 'other',
  AWS_SECRET_ACCESS_KEY: 'other',
  AWS_SESSION_TOKEN: 'other',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1',
  AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
  AWS_ROLE_ARN: 'arn:aws:iam::111111111111:role/other',
};
const shell = { ...files, ...others };

describe('a named profile', () => {
  it.each([
    ['that nobody has', 'prdo', /"prdo".*"prod"/],
    ['without a name', '', /got ""/],
    ['of white space', ' ', /got " "/],
    ['that the configuration has without the word profile', 'plain', /"plain".*"prod"/],
    ['named as its section', 'profile prod', /"profile prod"/],
    ['named like what every object has', 'constructor', /"constructor"/],
    ['named like a session', 'sso-session.company', /"sso-session.company"/],
    ['without credentials', 'only-region', /"only-region".*no other credentials/],
    ['that builds on one that nobody has', 'broken-role', /"prdo".*source_profile of "broken-role"/],
    ['that builds on one without credentials', 'empty-base', /"only-region".*source_profile of "empty-base"/],
    ['that builds on nothing', 'bare-role', /"bare-role"/],
    ['with half of a key', 'half-key', /"half-key" to have aws_secret_access_key/],
    ['of a session that is not there', 'lost-session', /\[sso-session nowhere\].*"lost-session"/],
    ['that builds on one of a session that is not there', 'on-lost-session', /\[sso-session nowhere\]/],
    ['that builds on itself in a circle', 'circle', /circle/],
  ])('%s ends the command, whatever other credentials there are', async (_what, profile, message) => {
    const refused = { name: 'InvalidInputError', message: expect.stringMatching(message) };

    await expect(runEnvironment(shell, { profile })).rejects.toMatchObject(refused);
    await expect(runEnvironment({ ...shell, AWS_PROFILE: profile }, {})).rejects.toMatchObject(refused);
    await expect(runEnvironment({ ...shell, AWS_DEFAULT_PROFILE: profile }, {})).rejects.toMatchObject(refused);
    const before = { ...process.env };
    Object.assign(process.env, shell);
    await expect(connect({ profile, region: 'eu-west-1' })).rejects.toMatchObject(refused);
    process.env = before;
  });

  it.each(['prod', 'from-credentials', 'role', 'own-base', 'process', 'sso'])(
    'is the only source of credentials: %s',
    async (profile) => {
      for (const env of [
        await runEnvironment(shell, { profile }),
        await runEnvironment({ ...shell, AWS_PROFILE: profile }, {}),
        await runEnvironment({ ...shell, AWS_DEFAULT_PROFILE: profile }, {}),
      ]) {
        expect(env).toMatchObject({ AWS_PROFILE: profile, AWS_EC2_METADATA_DISABLED: 'true' });
        for (const name of Object.keys(others)) expect(env[name]).toBeUndefined();
      }
    },
  );

  it('keeps the credentials that it names as its source', async () => {
    expect(await runEnvironment(shell, { profile: 'of-environment' })).toMatchObject({ AWS_ACCESS_KEY_ID: 'other' });
    const env = await runEnvironment(shell, { profile: 'of-instance' });
    expect(env.AWS_EC2_METADATA_DISABLED).toBeUndefined();
    expect(env.AWS_ACCESS_KEY_ID).toBeUndefined();
  });

  it('must be unambiguous: two variables that differ are rejected', async () => {
    const env = { ...shell, AWS_PROFILE: 'prod', AWS_DEFAULT_PROFILE: 'role' };
    await expect(runEnvironment(env, {})).rejects.toMatchObject({ message: expect.stringMatching(/"prod".*"role"/) });
    expect(await runEnvironment(env, { profile: 'sso' })).toMatchObject({ AWS_PROFILE: 'sso' });
  });

  it('is optional: without one the environment has the credentials', async () => {
    expect(await runEnvironment(shell, {})).toMatchObject(others);
  });
});

describe('an endpoint that was named', () => {
  const ignoring = { ...shell, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };

  it.each([
    ['by an option', {}, { endpointUrl: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000'],
    ['for S3', { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9003' }, {}, 'http://127.0.0.1:9003'],
    ['for all services', { AWS_ENDPOINT_URL: 'http://127.0.0.1:9004' }, {}, 'http://127.0.0.1:9004'],
    ['by a profile', {}, { profile: 'with-endpoint' }, 'http://127.0.0.1:9002'],
    ['by the services of a profile', {}, { profile: 'with-services' }, 'http://127.0.0.1:9001'],
    ['by a profile of the environment', { AWS_PROFILE: 'with-services' }, {}, 'http://127.0.0.1:9001'],
    [
      'twice, by the option',
      { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:9003' },
      { endpointUrl: 'http://127.0.0.1:9000' },
      'http://127.0.0.1:9000',
    ],
  ])('%s is used even if configured endpoints are to be ignored', async (_how, more, options, endpoint) => {
    expect(await runEnvironment({ ...ignoring, ...more }, options)).toMatchObject({
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  it.each([
    [{ AWS_ENDPOINT_URL_S3: 'localhost:9000' }, {}],
    [{ AWS_ENDPOINT_URL: 'ftp://localhost' }, {}],
    [{}, { profile: 'lost-services' }],
  ])('is rejected if it is not a valid endpoint: %j %j', async (more, options) => {
    await expect(runEnvironment({ ...shell, ...more }, options)).rejects.toMatchObject({ name: 'InvalidInputError' });
  });

  it.each([
    ['AWS_ENDPOINT_URL_S3', { AWS_ENDPOINT_URL_S3: 'localhost:9000' }, {}, 'localhost:9000'],
    ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'minio.corp' }, {}, 'minio.corp'],
    ['--endpoint-url', {}, { endpointUrl: '127.0.0.1:9000' }, '127.0.0.1:9000'],
    ['the endpoint_url of the profile "no-scheme"', {}, { profile: 'no-scheme' }, 'minio:9000'],
  ])(
    'without a scheme is rejected in one sentence that says where it was set: %s',
    async (name, more, options, url) => {
      await expect(runEnvironment({ ...files, ...more }, options)).rejects.toMatchObject({
        name: 'InvalidInputError',
        message: `Expected ${name} to be a URL like http://localhost:9000, got "${url}"`,
      });
    },
  );

  it('uses the addressing style of its profile, unless an option sets another', async () => {
    const style = 'BUCKETSYNC_ADDRESSING_STYLE';
    expect(await runEnvironment(files, { profile: 'virtual' })).toMatchObject({ [style]: 'virtual' });
    const asked = { profile: 'virtual', addressingStyle: 'path' };
    expect(await runEnvironment(files, asked)).toMatchObject({ [style]: 'path' });
    await expect(runEnvironment(files, { profile: 'odd-style' })).rejects.toThrow(
      'Expected s3.addressing_style of the profile "odd-style" to be auto, path, virtual, got "vhost"',
    );
    await expect(runEnvironment(files, { addressingStyle: 'host' })).rejects.toThrow(
      'Expected --addressing-style to be auto, path, virtual, got "host"',
    );
  });

  it('may be one of STS that a profile names', async () => {
    const env = await runEnvironment(ignoring, { profile: 'with-services' });
    expect(env).toMatchObject({ AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9005' });
    expect(await runEnvironment(shell, {})).not.toHaveProperty('AWS_ENDPOINT_URL_STS');
  });

  it('may be one of AWS, where instances have credentials', async () => {
    const env = await runEnvironment(files, { endpointUrl: 'https://bucket.vpce-1.s3.eu-west-1.vpce.amazonaws.com' });
    expect(env.AWS_EC2_METADATA_DISABLED).toBeUndefined();
  });
});
