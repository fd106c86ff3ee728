import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type S3Server, S3State, startS3 } from '../../local/s3';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';

jest.setTimeout(180_000);

const ROOT = join(__dirname, '../..');
/** What the example needs besides the package itself: too large to install once more for a test. */
const SHARED = ['@types', 'aws-cdk-lib', 'constructs', 'tsx', 'undici-types'];

describe('the package that npm pack makes', () => {
  const folder = temporaryFolder();
  const app = join(folder, 'app');
  const installed = join(app, 'node_modules', 'bucketsync');

  beforeAll(() => {
    const npm = (...args: string[]) => execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    npm('pack', '--pack-destination', folder);
    const [tarball = ''] = readdirSync(folder).filter((file) => file.endsWith('.tgz'));
    cpSync(join(ROOT, 'examples', 'two-mirrors'), app, { recursive: true });
    // Without the example's own dependencies and peers, which are linked below.
    rmSync(join(app, 'package.json'));
    npm('install', '--prefix', app, '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball));
    for (const name of SHARED) symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  });

  it('holds what is built, and no sources or tests', () => {
    expect(readdirSync(installed).sort()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
    expect(readdirSync(join(installed, 'dist'))).toEqual(
      expect.arrayContaining(['bin', 'cli', 'handlers', 'lib', 'local', 'statemachine']),
    );
  });

  it('brings the licences of what is bundled into it', () => {
    const licences = readFileSync(join(installed, 'dist', 'third-party-licences.txt'), 'utf8');

    expect(licences).toMatch(/^commander \S+ \(MIT\)$/m);
    expect(licences).toMatch(/^@aws-sdk\/client-s3 \S+ \(Apache-2\.0\)$/m);
    expect(licences).toContain('Permission is hereby granted, free of charge');
  });

  it('depends on few packages', () => {
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));

    expect(Object.keys(dependencies)).toEqual(['fastest-levenshtein', 'piscina', 'zod']);
  });

  describe('in the CDK app of examples/two-mirrors', () => {
    it('has the types that the app needs', () => {
      const tsc = join(ROOT, 'node_modules/.bin/tsc');

      expect(execFileSync(tsc, ['--project', app], { encoding: 'utf8' })).toBe('');
    });

    it('synthesizes two mirrors with the functions as they were built', () => {
      const out = join(folder, 'cdk.out');
      execFileSync(process.execPath, ['--import', 'tsx', 'app.ts'], {
        cwd: app,
        env: { ...process.env, CDK_OUTDIR: out },
      });
      const [site, backup] = ['PublishSite', 'Backup'].map((stack) => readTemplate(out, stack));

      expect(count(site, 'AWS::Scheduler::Schedule')).toBe(2);
      expect(count(site, 'AWS::Lambda::Function')).toBe(SYNC_TASKS.length);
      expect(count(backup, 'AWS::Lambda::Function')).toBe(SYNC_TASKS.length);
      expect(JSON.stringify(backup)).toContain('arn:aws:kms:eu-central-1:111111111111:key/example');
      const bundles = readdirSync(out).filter((file) => file.startsWith('asset.'));
      expect(
        bundles.filter((bundle) => !bundle.endsWith('.json')).map((bundle) => readdirSync(join(out, bundle))),
      ).toEqual(SYNC_TASKS.map(() => ['index.js', 'index.js.map']));
    });
  });

  describe('as a command', () => {
    let s3: S3Server;
    beforeAll(async () => {
      s3 = await startS3({ state: new S3State(), credentials: [{ accessKeyId: 'a', secretAccessKey: 'b' }] });
      s3.createBucket('staging').put('index.html', 'hello');
      s3.createBucket('production').put('old.html', 'old');
    });
    afterAll(() => s3.close());

    it('mirrors a bucket without tsx or the sources', async () => {
      const command = join(app, 'node_modules/.bin/bucketsync');
      const args = ['run', 's3://staging', 's3://production', '--json', '--report-location', join(folder, 'reports')];
      const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1' };
      const finished = await runCommand(command, args, { ...env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });

      expect(finished).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(finished.stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
      expect(s3.bucket('production').get('index.html')).toBeDefined();
    });

    it('shows the demo', async () => {
      const finished = await runCommand(join(app, 'node_modules/.bin/bucketsync'), ['demo', '--json'], process.env);

      expect(finished).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(finished.stdout)).toMatchObject({ equal: true });
    });
  });
});

function readTemplate(folder: string, stack: string): { Resources: Record<string, { Type: string }> } {
  return JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
}

function count(template: ReturnType<typeof readTemplate> | undefined, type: string): number {
  return Object.values(template?.Resources ?? {}).filter((resource) => resource.Type === type).length;
}
