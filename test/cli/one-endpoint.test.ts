import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type S3Server, startS3 } from '../../local/s3';
import { everyNth } from '../support/length';
import { past } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './command-line';

const HOOK = resolve(__dirname, '../support/connections.cjs');
const folder = temporaryFolder();
/** Neither keys nor an endpoint in the environment: all that the SDK could ask elsewhere, it would. */
const bare = { AWS_ENDPOINT_URL_S3: undefined, AWS_CONFIG_FILE: join(folder, 'config') };
let s3: S3Server;
let count = 0;

beforeAll(async () => {
  s3 = await startS3();
  writeFileSync(bare.AWS_CONFIG_FILE, '[default]\nignore_configured_endpoint_urls = true\n');
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.onRequest = undefined;
  s3.createBucket('reports');
  s3.createBucket('source', { region: 'eu-west-1' }).put('a', 'x', { lastModified: past });
  s3.createBucket('destination', { region: 'eu-central-1' }).put('orphan', 'x', { lastModified: past });
});

/** @returns how it ended, and where it connected to */
async function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const file = join(folder, `connections-${count++}`);
  writeFileSync(file, '');
  const env = { ...bare, NODE_OPTIONS: `--require ${HOOK}`, CONNECTIONS_FILE: file, ...more };
  const ended = await runCli(undefined, args, '', env);
  return { ...ended, places: [...new Set(readFileSync(file, 'utf8').split('\n').filter(Boolean))] };
}

const sides = ['s3://source', 's3://destination'];
const reports = ['--report-location', 's3://reports'];
const here = () => `127.0.0.1:${s3.port}`;

describe('a command', () => {
  const ways: readonly [how: string, name: () => readonly [string[], NodeJS.ProcessEnv]][] = [
    ['by an option', () => [['--endpoint-url', s3.endpoint], {}]],
    ['by a variable', () => [[], { AWS_ENDPOINT_URL_S3: s3.endpoint }]],
    ['by a variable for all services', () => [[], { AWS_ENDPOINT_URL: s3.endpoint }]],
  ];
  it.each(everyNth(2, ways, 1))(
    'connects to the endpoint that was named %s and to nothing else, whatever is to be ignored',
    async (_how, name) => {
      const [endpoint, more] = name();
      const ignoring = { ...more, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' };

      const plan = await run(['plan', ...sides, ...endpoint, ...reports, '--json'], ignoring);
      const made = await run(['run', ...sides, ...endpoint, ...reports, '--json'], ignoring);
      const { runId, where } = JSON.parse(made.stdout);
      expect(where).toEqual({ endpoint: s3.endpoint, sourceRegion: 'eu-west-1', destinationRegion: 'eu-central-1' });
      const [report, unlock] = await Promise.all([
        run(['report', runId, ...endpoint, ...reports, '--json'], ignoring),
        run(['unlock', 's3://destination', ...endpoint, ...reports], ignoring),
      ]);

      for (const { exitCode, stderr, places } of [plan, made, report, unlock]) {
        expect({ exitCode, stderr, places }).toMatchObject({ exitCode: 0, places: [here()] });
      }
    },
  );

  it.each([
    ['301', 301, 'PermanentRedirect'],
    ['307', 307, 'TemporaryRedirect'],
    ['400', 400, 'AuthorizationHeaderMalformed'],
  ])('follows no redirect to another host: %s', async (_what, status, code) => {
    s3.onRequest = () => ({
      status,
      code,
      headers: { location: 'http://elsewhere.example/', 'x-amz-bucket-region': 'ap-south-1' },
    });

    const { exitCode, places } = await run(['run', ...sides, '--endpoint-url', s3.endpoint, '--json']);

    expect({ exitCode, places }).toEqual({ exitCode: 1, places: [here()] });
  });

  it('looks for credentials nowhere else', async () => {
    const without = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

    const { exitCode, places } = await run(['plan', ...sides, '--endpoint-url', s3.endpoint], without);

    expect({ exitCode, places }).toEqual({ exitCode: 1, places: [] });
  });

  const commands = ['run', 'plan', 'unlock', 'report', 'retry', 'start', 'watch', 'stop', 'history'];
  it.each(everyNth(3, commands))('sends no request if its profile does not exist: %s', async (command) => {
    const places: Record<string, readonly string[]> = { unlock: ['s3://destination'], report: ['a'], retry: ['a'] };
    const args = places[command] ?? (['run', 'plan', 'start'].includes(command) ? sides : []);

    const ended = await run([command, ...args, '--profile', 'tset', '--endpoint-url', s3.endpoint]);

    expect(ended).toMatchObject({ exitCode: 2, places: [], stderr: expect.stringContaining('"tset"') });
  });
});
