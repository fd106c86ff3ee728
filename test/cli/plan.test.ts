import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { PlanDigest } from '../../local/digest-plan';
import { type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { contentsOf } from '../support/contents';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { startCli, writeRequests } from './command-line';

const LONG_AGO = { lastModified: new Date('2024-01-01') };
const SIDES = ['s3://staging', 's3://production'];

describe('plan and check', () => {
  let s3: S3Server;
  beforeEach(async () => {
    s3 = await startS3();
    const [staging, production] = [s3.createBucket('staging'), s3.createBucket('production')];
    staging.put('index.html', 'new page', LONG_AGO);
    staging.put('assets/large.png', 'x'.repeat(5000), LONG_AGO);
    staging.put('assets/same.css', 'same', LONG_AGO);
    staging.put('assets/of-another-size.js', 'longer', LONG_AGO);
    staging.put('assets/of-other-content.js', 'one', LONG_AGO);
    production.put('assets/same.css', 'same');
    production.put('assets/of-another-size.js', 'short', LONG_AGO);
    production.put('assets/of-other-content.js', 'two', LONG_AGO);
    production.put('old/\u001b[2J.html', 'gone');
  });
  afterEach(() => s3.close());

  const run = (...args: string[]) => runCli(s3, args);

  it('say what is new, overwritten and why, deleted, the same, and what the run will cost', async () => {
    const { exitCode, stdout } = await run('plan', ...SIDES);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^✔ Planned in .*, nothing was written\n {2}4 objects to be copied/);
    expect(stdout).toMatch(/ {2}new +2 +5\.01 kB/);
    expect(stdout).toMatch(/ {2}overwritten +2 +9 B +1 another size, 1 other content/);
    expect(stdout).toMatch(/ {2}deleted +1 +4 B/);
    expect(stdout).toMatch(/ {2}same +1\n/);
    expect(stdout).toContain('    + "assets/large.png"\n    + "index.html"\n    ~ "assets/of-another-size.js"\n');
    expect(stdout).toContain('"assets/" 3 to copy (5.01 kB)');
    expect(stdout).toContain('5 kB "assets/large.png"');
    expect(stdout).toMatch(/ {2}Run costs +(at least|less than) \$/);
    expect(stdout).toMatch(/ {2}Run takes +(a few seconds|about \d+ seconds|about \d+ minutes)\n/);
    expect(stdout).not.toContain('\u001b');
    expect(writeRequests(s3)).toBe(0);
  });

  it('print every key with --keys', async () => {
    for (let index = 0; index < 30; index++) s3.bucket('staging').put(`more/${index}`, 'x', LONG_AGO);

    const { stdout } = await run('plan', ...SIDES, '--keys');

    const keys = stdout.split('\n').filter((line) => /^[+~-] /.test(line));
    expect(keys.filter((line) => line.startsWith('+ "more/'))).toHaveLength(30);
    expect(keys).toContain('~ "assets/of-another-size.js" (another size)');
    expect(keys).toHaveLength(35);
    expect(stdout).toContain('+ … and 22 more');
  });

  it('show the steps in their order, with what each copies', async () => {
    const { stdout } = await run('plan', ...SIDES, '--order', '*.html', '--order', 'index.html', '--order', 'none');
    const published = await run('plan', ...SIDES, '--mode', 'publish');

    expect(stdout).toContain(
      [
        '  Steps',
        '    1. everything else: 3 objects (5.01 kB)',
        '    2. "*.html": nothing',
        '    3. "index.html": 1 object (8 B)',
        '    4. "none": nothing',
        '    5. deletes: 1 object',
      ].join('\n'),
    );
    expect(published.stdout).toMatch(/Steps\n {4}1\. assets: .*\n {4}2\. pages: .*\n {4}3\. deletes: /);
    expect((await run('plan', ...SIDES)).stdout).not.toContain('Steps');
  });

  it('end as ever if the reader of the keys, such as `head`, closes the pipe', async () => {
    const child = startCli(s3, ['plan', ...SIDES, '--keys', '--exit-code']);
    child.stdin.end();
    child.stdout.destroy();

    const [stderr, [exitCode]] = await Promise.all([text(child.stderr), once(child, 'close')]);

    expect(exitCode).toBe(3);
    expect(stderr).not.toMatch(/error/i);
  });

  it('say that there are no keys if there is no report to read them from', async () => {
    const nowhere = { BUCKETSYNC_REPORT_LOCATION: undefined, HOME: '/dev/null' };

    const { exitCode, stdout, stderr } = await runCli(s3, ['plan', ...SIDES, '--keys'], '', nowhere);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('4 objects to be copied');
    expect(stderr).toMatch(/\nThere is no report to read the keys from\.\n$/);
  });

  it('end with 3 if there is something to do and --exit-code asks for it', async () => {
    expect((await run('plan', ...SIDES, '--exit-code')).exitCode).toBe(3);
    expect((await run('run', ...SIDES)).exitCode).toBe(0);
    expect((await run('plan', ...SIDES, '--exit-code')).exitCode).toBe(0);
    expect((await run('plan', 's3://staging', 's3://missing', '--exit-code')).exitCode).toBe(1);
  });

  it('are one JSON document with --json', async () => {
    const { stdout } = await run('plan', ...SIDES, '--json');

    const { plan, ...summary } = JSON.parse(stdout) as { plan: PlanDigest; status: string };
    expect(summary.status).toBe('succeeded');
    expect(plan).toMatchObject({
      created: { objects: 2, bytes: 5008 },
      overwritten: { objects: 2, bytes: 9 },
      reasons: { size: { objects: 1 }, etag: { objects: 1 } },
      deleted: { objects: 1, bytes: 4 },
      largest: [{ key: 'assets/large.png', sizeBytes: 5000 }, {}, {}, {}],
      samples: { created: ['assets/large.png', 'index.html'], deleted: ['old/\u001b[2J.html'] },
    });
    expect(plan.run.items.s3Copy).toBeGreaterThan(0);
    expect(plan.runSeconds).toBeGreaterThan(0);
  });

  it('tell whether both sides are equal: check', async () => {
    const different = await run('check', ...SIDES);
    await run('run', ...SIDES);
    const equal = await run('check', ...SIDES);
    const failed = await run('check', 's3://staging', 's3://missing');

    expect(different.exitCode).toBe(3);
    expect(different.stdout).toMatch(
      /^✖ Different\n {2}4 objects missing or different at the destination, 1 only there, 1 the same\n/,
    );
    expect(different.stdout).toContain('+ "index.html"');
    expect(equal).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^✔ Equal\n {2}5 the same\n/) });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain('BucketNotFoundError');
  });

  it('do not take sides for equal if the destination lacks an archived object', async () => {
    s3.bucket('staging').put('archived', 'x', { ...LONG_AGO, storageClass: 'GLACIER' });
    const sides = [...SIDES, '--include', 'archived'];

    const restoring = await run('check', ...sides, '--archived', 'restore');
    const plan = await run('plan', ...sides, '--archived', 'restore', '--exit-code');
    const leftOut = await run('check', ...sides, '--archived', 'skip');
    const failed = await run('check', ...sides);

    expect(restoring.exitCode).toBe(3);
    expect(restoring.stdout).toMatch(/^✖ Different\n {2}1 waiting to be restored, 5 left out, 0 the same\n/);
    expect(plan.exitCode).toBe(3);
    expect(plan.stdout).toMatch(/ {2}waiting +1 +to be restored\n/);
    expect(plan.stdout).toMatch(/ {2}left out +5\n/);
    expect(leftOut).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^✔ Equal\n {2}6 left out, 0 the same\n/),
    });
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain('"archived"');
  });

  it('show what waits to be deleted, which is no difference', async () => {
    const grace = ['--delete-after', '7d', '--include', 'old/**', '--allow-empty-source'];

    const plan = await run('plan', ...SIDES, ...grace, '--exit-code');
    const checked = await run('check', ...SIDES, ...grace);

    expect(plan).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/copied or deleted, 1 to be deleted later/),
    });
    expect(plan.stdout).toMatch(/ {2}deleted later +1 +not missing at the source for long enough\n/);
    expect(plan.stdout).toContain('Kept: 1 object that the source lacks');
    expect(checked).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^✔ Equal\n {2}1 only there and to be deleted later, /),
    });
  });

  it('show a plan that a guard refuses, and say that a run would refuse most deletes', async () => {
    for (let index = 0; index < 150; index++) s3.bucket('production').put(`orphan-${index}`, 'x');

    const refused = await run('plan', ...SIDES, '--max-overwrites', '1');
    const plan = await run('plan', ...SIDES);
    const guarded = await run('run', ...SIDES, '--plan');

    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(/ {2}overwritten +2 +9 B/);
    expect(refused.stdout).toContain('OverwriteGuardError: The run would overwrite 2 objects');
    expect(plan.exitCode).toBe(0);
    expect(plan.stdout).toContain(
      'Without a limit of yours, a run refuses to delete 151 of the 154 objects that take part at the destination. If that is right, ' +
        'add --max-deletes 151.',
    );
    expect(guarded.exitCode).toBe(1);
    expect(guarded.stdout).toContain('DeleteGuardError: The run would delete 151 of the 154 objects');
    expect(s3.bucket('production').index.size).toBe(154);
  });

  it('do not say that a run refuses what an empty source may empty', async () => {
    s3.createBucket('empty');
    for (let index = 0; index < 150; index++) s3.bucket('production').put(`orphan-${index}`, 'x');

    const { stdout } = await run('plan', 's3://empty', 's3://production', '--allow-empty-source');

    expect(stdout).toContain('154 to be deleted');
    expect(stdout).not.toContain('a run refuses');
  });

  it('say what was found if their report cannot be read', async () => {
    s3.createBucket('reports');
    s3.onRequest = ({ bucket, operation, query }) =>
      bucket === 'reports' && operation === 'ListObjectsV2' && /actions/.test(query.get('prefix') ?? '')
        ? { status: 403, code: 'AccessDenied' }
        : undefined;

    const { exitCode, stdout, stderr } = await run('check', ...SIDES, '--report-location', 's3://reports');

    expect(exitCode).toBe(3);
    expect(stdout).toMatch(/^✖ Different\n {2}4 objects missing or different/);
    expect(stderr).toMatch(/The plan's report cannot be read, so no keys are shown: .*AccessDenied/);
  });
});

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
