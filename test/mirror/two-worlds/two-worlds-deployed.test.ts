import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { roleCredentials, secretCredentials } from '../../../lambdas/s3/credentials/side-credentials';
import { ENVIRONMENT } from '../../../statemachine/contract';
import { parseDeployedMirror } from '../../../statemachine/input/deployed-mirrors';
import type { SideSetting } from '../../../statemachine/input/sides';
import { past } from '../../support/mirror';
import { expectEqual, HERE, THERE, useTwoWorlds } from '../../support/two-worlds';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:r2-keys-AbCdEf';
const ROLE = 'arn:aws:iam::222222222222:role/writer';

const worlds = useTwoWorlds();
let service: Server;
/** What Secrets Manager has, and what was asked of it and of STS. */
let secret: string;
let asked: string[];

beforeAll(async () => {
  service = createServer(async (request, response) => {
    const body = await text(request);
    if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
      asked.push((JSON.parse(body) as { SecretId: string }).SecretId);
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ ARN: SECRET, Name: 'r2-keys', SecretString: secret }));
      return;
    }
    asked.push(new URLSearchParams(body).get('RoleArn') ?? body);
    response.setHeader('content-type', 'text/xml').end(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>${HERE.accessKeyId}</AccessKeyId><SecretAccessKey>${HERE.secretAccessKey}</SecretAccessKey>
        <SessionToken>session</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
      </Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  service.listen(0, '127.0.0.1');
  await once(service, 'listening');
  const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = endpoint;
  process.env.AWS_ENDPOINT_URL_STS = endpoint;
});
afterAll(() => {
  service.closeAllConnections();
  service.close();
});
beforeEach(() => {
  asked = [];
  secret = JSON.stringify(THERE);
});

it('a deployed mirror reads with the keys of a secret, and writes as a role, whatever the functions themselves may do', async () => {
  const source = worlds.there.createBucket('data');
  const destination = worlds.here.createBucket('data');
  worlds.here.credentials = [{ ...HERE, sessionToken: 'session' }];
  source.put('a', 'content', { lastModified: past, tags: [['team', 'blue']] });
  destination.put('orphan', 'x');
  const sides: SideSetting[] = [
    { side: 'source', bucket: 'data', endpointUrl: worlds.there.endpoint, region: 'auto', secret: SECRET },
    // In AWS a role has no endpoint of its own.
    { side: 'destination', bucket: 'data', endpointUrl: worlds.here.endpoint, role: ROLE },
  ];
  process.env[ENVIRONMENT.sides] = JSON.stringify(sides);
  const mirrors = [parseDeployedMirror({ source: 'data', destination: 'data' }, () => true)];

  const summary = await worlds.run({} as never, { host: { mirrors } });

  expect(summary).toMatchObject({
    status: 'succeeded',
    totals: { copied: 1, deleted: 1 },
    where: { streamedFrom: worlds.there.endpoint, endpoint: worlds.here.endpoint },
  });
  expectEqual(source, destination);
  expect(new Set(asked)).toEqual(new Set([SECRET, ROLE]));
  worlds.here.credentials = [HERE];
});

describe('credentials of a secret', () => {
  it('may be temporary, and are asked for again in time', async () => {
    secret = JSON.stringify({ ...THERE, sessionToken: 'session' });

    const { expiration, ...credentials } = await secretCredentials(SECRET)();

    expect(credentials).toEqual({ ...THERE, sessionToken: 'session' });
    expect(expiration?.getTime()).toBeLessThanOrEqual(Date.now() + 300_000);
  });

  it.each(['', 'not JSON: hush', '"hush"', '{"accessKeyId":"hush"}', '{"username":"hush","password":"hush"}'])(
    'end with an error that names the secret, and shows nothing of it, if it holds %j',
    async (held) => {
      secret = held;

      const failed = secretCredentials(SECRET)();

      await expect(failed).rejects.toMatchObject({
        name: 'CredentialsProviderError',
        message: expect.stringMatching(new RegExp(`from the secret ${SECRET}.*accessKeyId`)),
      });
      await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining('hush') });
    },
  );
});

it('credentials of a role that cannot be assumed end with an error that names it', async () => {
  const { AWS_ENDPOINT_URL_STS: endpoint } = process.env;
  process.env.AWS_ENDPOINT_URL_STS = `${worlds.there.endpoint}/`; // no STS
  try {
    await expect(roleCredentials(ROLE)()).rejects.toMatchObject({
      name: 'CredentialsProviderError',
      message: expect.stringContaining(`from the role ${ROLE}`),
    });
  } finally {
    process.env.AWS_ENDPOINT_URL_STS = endpoint;
  }
});
