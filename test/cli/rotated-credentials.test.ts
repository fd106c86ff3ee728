import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type RequestInfo, type S3Server, startS3 } from '../../local/s3';
import { past } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

const OBJECTS = 200;
let s3: S3Server;
let server: Server;
let rotations = 0;
const folder = temporaryFolder();

/** As a container has it: each time it is asked, it gives others, which live for hours. */
beforeAll(async () => {
  server = createServer((_, response) => {
    rotations += 1;
    const Expiration = new Date(Date.now() + 7_200_000).toISOString();
    const identity = {
      AccessKeyId: `key-${rotations}`,
      SecretAccessKey: 'x',
      Token: `session-${rotations}`,
      Expiration,
    };
    response.end(JSON.stringify(identity));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(async () => {
  rotations = 0;
  s3 = await startS3();
  s3.credentials = 'any';
  const source = s3.createBucket('source');
  s3.createBucket('destination');
  for (let index = 0; index < OBJECTS; index++) source.put(`k${index}`, 'x', { lastModified: past });
});
afterEach(() => s3.close());

const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
const run = ['run', 's3://source', 's3://destination', '--json'];

/** After some copies, S3 takes no key but this one. */
function expireAfterCopies(accepted: string): void {
  let copies = 0;
  s3.onRequest = ({ operation, key = '', headers }: RequestInfo) => {
    // the run tries a copy of its own before it begins
    if (operation === 'CopyObject' && /^k\d/.test(key)) copies += 1;
    const isOver = copies > 40 && !headers.authorization?.includes(`Credential=${accepted}/`);
    return isOver ? { status: 400, code: 'ExpiredToken', message: 'The provided token has expired.' } : undefined;
  };
}

it('asks a credential server again in the middle of a run, once for all threads', async () => {
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  expireAfterCopies('key-2');

  const { exitCode, stdout } = await runCli(s3, run, '', { ...none, AWS_CONTAINER_CREDENTIALS_FULL_URI: uri });

  expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', totals: { copied: OBJECTS, failed: 0 } });
  expect({ exitCode, rotations }).toEqual({ exitCode: 0, rotations: 2 });
});

it('ends with one error if the file has no new credentials; the next run uses those that the file has then', async () => {
  const write = (key: string) =>
    writeFileSync(join(folder, 'credentials'), `[default]\naws_access_key_id = ${key}\naws_secret_access_key = x\n`);
  const files = { AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'), AWS_CONFIG_FILE: join(folder, 'none') };
  // the same, since it says who holds the lock that could not be given back
  const env = { ...none, ...files, BUCKETSYNC_REPORT_LOCATION: join(folder, 'reports') };
  write('old');
  expireAfterCopies('new');

  const first = await runCli(s3, run, '', env);
  write('new');
  const second = await runCli(s3, run, '', env);

  const { error, totals } = JSON.parse(first.stdout);
  expect({ exitCode: first.exitCode, error, totals }).toMatchObject({
    exitCode: 1,
    error: { name: 'CredentialsExpiredError', keys: [] },
    totals: { copied: 40, failed: 0 },
  });
  expect(JSON.parse(second.stdout)).toMatchObject({
    status: 'succeeded',
    totals: { copied: OBJECTS - 40 },
  });
});
