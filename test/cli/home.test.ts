import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderRunStore } from '../../lambdas/host/run-store/folder-run-store';
import { type S3Server, startS3 } from '../../local/s3';
import { past } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { runCli as runCliProcess } from './command-line';

const folder = temporaryFolder();
const aFile = join(folder, 'file');
writeFileSync(aFile, '');
const noHome = join(folder, 'no-home.cjs');
writeFileSync(noHome, "require('node:os').homedir = () => { throw new Error('no such user'); };");
let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.createBucket('source').put('a', 'x', { lastModified: past });
  s3.createBucket('destination').put('orphan', 'x', { lastModified: past });
});

const sides = ['s3://source', 's3://destination', '--json'];
const at = (home: string, more: NodeJS.ProcessEnv = {}) => ({
  BUCKETSYNC_REPORT_LOCATION: undefined,
  HOME: home,
  ...more,
});

describe('a home that cannot be written to', () => {
  // Each of them fails, also for root.
  it.each(['/dev/null', '/proc/x', aFile])('ends a run with one error that names the option: %s', async (home) => {
    const { exitCode, stdout } = await runCli(s3, ['run', ...sides], '', at(home));

    const { error, wrote } = JSON.parse(stdout);
    expect({ exitCode, wrote }).toEqual({ exitCode: 1, wrote: false });
    expect(error.name).toBe('ReportLocationError');
    expect(error.message).toContain(`Could not write to ${home}/.bucketsync, where reports and locks are kept`);
    expect(error.message).toContain('--report-location');
    expect([...s3.bucket('destination').index.after('')].map(({ key }) => key)).toEqual(['orphan']);
  });

  it('lets a plan go on without a report, and says so', async () => {
    const { exitCode, stdout, stderr } = await runCli(s3, ['plan', ...sides], '', at(aFile));

    const summary = JSON.parse(stdout);
    expect(exitCode).toBe(0);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
    expect(summary).not.toHaveProperty('report');
    expect(stderr).toMatch(/^This plan keeps no report: .*name a location with --report-location\.\n$/);
  });

  it('is not used if another place is named', async () => {
    const place = temporaryFolder();
    const { stdout } = await runCli(s3, ['run', ...sides, '--report-location', place], '', at(aFile));

    expect(JSON.parse(stdout)).toMatchObject({ status: 'succeeded', report: expect.stringContaining(place) });
  });

  it('may be no home at all: a run needs a place, a plan does not', async () => {
    const env = at('', { NODE_OPTIONS: `--require ${noHome}` });
    const run = await runCliProcess(s3, ['run', ...sides], '', env);
    const plan = await runCliProcess(s3, ['plan', ...sides], '', env);

    expect(run.exitCode).toBe(2);
    expect(JSON.parse(run.stdout).error.message).toBe(
      'Expected a home folder for reports and locks, got none: name another location with --report-location',
    );
    expect(JSON.parse(plan.stdout)).toMatchObject({ status: 'succeeded' });
  });
});

it('names the option if a plan is given a place that cannot be written to', async () => {
  const { exitCode, stdout } = await runCli(s3, ['plan', ...sides, '--report-location', join(aFile, 'reports')]);

  const { error } = JSON.parse(stdout);
  expect({ exitCode, name: error.name }).toEqual({ exitCode: 1, name: 'ReportLocationError' });
  expect(error.message).toContain('--report-location');
});

describe('a folder for reports', () => {
  it.each([
    ['is a file', () => aFile, 'write to'],
    ['may not be read', () => unreadable(), 'read from'],
  ])('that %s is named by the error', async (_what, place, doing) => {
    const store = new FolderRunStore(place());
    const use = doing === 'write to' ? store.put('runs/a', 'x') : store.get('runs/a');

    if (doing === 'read from' && process.getuid?.() === 0) return void (await use); // root may read everything
    await expect(use).rejects.toMatchObject({
      name: 'ReportLocationError',
      message: expect.stringContaining(`Could not ${doing} ${place()}`),
    });
  });
});

function unreadable(): string {
  const place = temporaryFolder();
  chmodSync(place, 0o000);
  return place;
}

describe('XDG_STATE_HOME', () => {
  const reportOf = async (env: NodeJS.ProcessEnv) => {
    const { stdout } = await runCli(s3, ['plan', ...sides], '', env);
    return (JSON.parse(stdout) as { report: string }).report;
  };

  it('has the reports, if it is set and the home folder has none', async () => {
    const [home, state] = [temporaryFolder(), temporaryFolder()];
    expect(await reportOf(at(home, { XDG_STATE_HOME: state }))).toContain(join(state, 'bucketsync', 'runs'));
  });

  it('does not hide reports that are in the home folder already', async () => {
    const [home, state] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(home, '.bucketsync'));
    expect(await reportOf(at(home, { XDG_STATE_HOME: state }))).toContain(join(home, '.bucketsync', 'runs'));
  });

  it('is ignored if it is no absolute path, as the convention says', async () => {
    const home = temporaryFolder();
    expect(await reportOf(at(home, { XDG_STATE_HOME: 'state' }))).toContain(join(home, '.bucketsync', 'runs'));
  });
});
