import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  globSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type S3Server, S3State, startS3 } from '../../local/s3';
import { version } from '../../package.json';
import { SYNC_TASKS } from '../../permissions/sync-tasks';
import { temporaryFolder } from '../support/temporary-folder';
import { runCommand } from './command-line';
import { packPackage } from './packed';

/** It was 8.8 MB with source maps. */
const MOST_BYTES = 6_000_000;
const ROOT = join(__dirname, '../..');
/** What the example needs besides the package itself: too large to install once more for a test. */
const SHARED = ['@types', 'aws-cdk-lib', 'constructs', 'tsx', 'undici-types'];

describe('the package that npm pack makes', () => {
  const folder = temporaryFolder();
  // as far below the tarball as in the repository, because the example names it by its path
  const app = join(folder, 'examples', 'two-mirrors');
  const tarball = join(folder, `bucketsync-${version}.tgz`);
  const installed = join(app, 'node_modules', 'bucketsync');

  beforeAll(async () => {
    const npm = (...args: string[]) => execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    copyFileSync(await packPackage(), tarball);
    cpSync(join(ROOT, 'examples', 'two-mirrors'), app, { recursive: true });
    keepDependencies(join(app, 'package.json'), ['bucketsync']); // the others are linked below
    npm('install', '--prefix', app, '--prefer-offline', '--no-audit', '--no-fund');
    for (const name of SHARED) symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
  });

  it('holds what is built, and no sources or tests', () => {
    expect(readdirSync(installed).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'docs',
      'package.json',
      'schemas',
    ]);
    expect(readdirSync(join(installed, 'dist'))).toEqual(
      expect.arrayContaining(['bin', 'cli', 'handlers', 'lib', 'local', 'statemachine']),
    );
  });

  it('is small, because its source maps are kept apart', () => {
    expect(globSync('**/*.map', { cwd: join(installed, 'dist') })).toEqual([]);
    expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
  });

  it('is loaded as it should be, with its types, by require and by import', () => {
    const args = ['--import', './bin/tsx.mjs', 'scripts/lint-package.mts', tarball];

    expect(execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' })).toBe('');
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
      ).toEqual(SYNC_TASKS.map(() => ['index.js']));
    });
  });

  describe('as a command', () => {
    const command = join(app, 'node_modules/.bin/bucketsync');
    let s3: S3Server;
    beforeAll(async () => {
      s3 = await startS3({ state: new S3State(), credentials: [{ accessKeyId: 'a', secretAccessKey: 'b' }] });
      s3.createBucket('staging').put('index.html', 'hello');
      s3.createBucket('production').put('old.html', 'old');
    });
    afterAll(() => s3.close());

    it('mirrors a bucket without tsx or the sources', async () => {
      const args = ['run', 's3://staging', 's3://production', '--json', '--report-location', join(folder, 'reports')];
      const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_REGION: 'us-east-1' };
      const finished = await runCommand(command, args, { ...env, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });

      expect(finished).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(finished.stdout)).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
      expect(s3.bucket('production').get('index.html')).toBeDefined();
    });

    it('prints commands as somebody types them in a project', async () => {
      const finished = await runCommand(command, ['plan', '--help'], { PATH: process.env.PATH });

      expect(finished).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^Usage: npx bucketsync plan /) });
    });

    it('shows the demo', async () => {
      const finished = await runCommand(command, ['demo', '--json'], process.env);

      expect(finished).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(finished.stdout)).toMatchObject({ equal: true });
    });
  });
});

function keepDependencies(file: string, names: readonly string[]): void {
  const { dependencies, devDependencies: _none, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  const kept = Object.fromEntries(names.map((name) => [name, dependencies[name]]));
  writeFileSync(file, JSON.stringify({ ...rest, dependencies: kept }));
}

function readTemplate(folder: string, stack: string): { Resources: Record<string, { Type: string }> } {
  return JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8'));
}

function count(template: ReturnType<typeof readTemplate> | undefined, type: string): number {
  return Object.values(template?.Resources ?? {}).filter((resource) => resource.Type === type).length;
}
