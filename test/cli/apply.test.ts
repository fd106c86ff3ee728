import { type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';

const LONG_AGO = { lastModified: new Date('2024-01-01') };
const SIDES = ['s3://staging', 's3://production'];

describe('apply', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    const [staging, production] = [s3.createBucket('staging'), s3.createBucket('production')];
    staging.put('new.html', 'new', LONG_AGO);
    staging.put('changed.html', 'longer', LONG_AGO);
    production.put('changed.html', 'old', LONG_AGO);
    production.put('orphan.html', 'x', LONG_AGO);
  });
  afterEach(() => s3.close());

  const reports = () => ['--report-location', folder];
  const folder = temporaryFolder();

  async function plan(): Promise<string> {
    const { stdout } = await runCli(s3, ['plan', ...SIDES, ...reports()]);
    return /To do exactly this: bucketsync apply (\S+)/.exec(stdout)?.[1] ?? '';
  }

  it('carries out the plan whose id the plan has printed', async () => {
    const { exitCode, stdout } = await runCli(s3, ['apply', await plan(), '--verify', ...reports()]);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^✔ Mirrored in .*\n {2}2 objects copied \(9 B, 1 overwritten\), 1 deleted/);
    expect([...contentsOf(s3.bucket('production')).keys()]).toEqual(['changed.html', 'new.html']);
  });

  it('leaves objects alone that have changed since, and says what to do', async () => {
    const id = await plan();
    s3.bucket('production').put('orphan.html', 'needed after all');

    const { exitCode, stdout } = await runCli(s3, ['apply', id, ...reports()]);

    expect(exitCode).toBe(1);
    expect(stdout).toContain('PlanOutdatedError: 1 object has changed since the plan was made, and was left alone.');
    expect(stdout).toContain('orphan.html');
    expect(s3.bucket('production').get('orphan.html')).toBeDefined();
  });

  it('says on its first line which plan it applies', async () => {
    const id = await plan();

    const { stderr } = await runCli(s3, ['apply', 'latest', ...reports()]);

    expect(stderr).toContain(`s3://staging → s3://production, as in plan ${id} (`);
  });

  it('is offered with the limit that it needs, and does most deletes of a destination only with it', async () => {
    for (let index = 0; index < 150; index++) s3.bucket('production').put(`orphan-${index}`, 'x', LONG_AGO);
    const { stdout } = await runCli(s3, ['plan', ...SIDES, ...reports()]);
    const [, id = ''] = /To do exactly this: bucketsync apply (\S+) --max-deletes 151 /.exec(stdout) ?? [];

    const refused = await runCli(s3, ['apply', id, ...reports()]);
    const allowed = await runCli(s3, ['apply', id, '--max-deletes', '151', ...reports()]);

    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(/DeleteGuardError: .* allow more deletes with `--max-deletes 151`/);
    expect(refused.stdout).toContain('What to do: Look at the plan. If it is right, apply it with the option');
    expect(refused.stdout).toMatch(/bucketsync report [\da-f-]{36} --lines actions/);
    expect(allowed).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('151 deleted') });
  });

  it('accepts other limits than those of the plan, and names a wrong one as an option', async () => {
    const { stdout } = await runCli(s3, ['plan', ...SIDES, '--max-deletes', '0', '--json', ...reports()]);
    const { runId, error } = JSON.parse(stdout) as RunSummary;
    const apply = (...options: string[]) => runCli(s3, ['apply', runId, ...options, ...reports()]);

    const wrong = await apply('--max-deletes', 'all');
    const overwriting = await apply('--max-deletes', '1', '--max-overwrites', '0');
    const unlocked = await apply(
      '--max-deletes',
      '1',
      '--max-cost',
      '1',
      '--request-concurrency',
      '2',
      '--no-lock',
      '--json',
    );

    expect(error?.name).toBe('DeleteGuardError');
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Expected --max-deletes to be') });
    expect(overwriting.stdout).toContain('OverwriteGuardError');
    expect(JSON.parse(unlocked.stdout)).toMatchObject({
      status: 'succeeded',
      input: { lock: 'none', requestConcurrency: 2 },
      totals: { copied: 2, deleted: 1 },
    });
  });

  it('says of deletes that somebody else has done that the objects are gone', async () => {
    const id = await plan();
    s3.bucket('production').remove('orphan.html');

    expect((await runCli(s3, ['apply', id, ...reports()])).stdout).toContain(
      '2 objects copied (9 B, 1 overwritten), 1 already gone\n',
    );
  });

  it('goes on with the plan of the latest run if that run has applied one', async () => {
    const id = await plan();
    s3.onRequest = ({ operation }) => (operation === 'CopyObject' ? { status: 403, code: 'AccessDenied' } : undefined);
    const first = await runCli(s3, ['apply', 'latest', ...reports()]);
    s3.onRequest = undefined;

    const again = await runCli(s3, ['apply', 'latest', ...reports()]);

    expect(first.exitCode).toBe(1);
    expect(again.exitCode).toBe(0);
    expect(again.stderr).toContain(`as in plan ${id} (`);
    expect(again.stdout).toMatch(/2 objects copied/);
  });

  it('names the id that is no plan', async () => {
    const { exitCode, stderr } = await runCli(s3, ['apply', 'no-such-plan', ...reports()]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain('got no-such-plan: there is no summary of it. Make a plan first');
  });

  it('is not offered by a plan that has nothing to do', async () => {
    await runCli(s3, ['run', ...SIDES, ...reports()]);

    expect((await runCli(s3, ['plan', ...SIDES, ...reports()])).stdout).not.toContain('bucketsync apply');
  });
});
