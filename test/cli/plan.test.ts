import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { PlanDigest } from '../../local/digest-plan';
import { type S3Server, startS3 } from '../../local/s3';
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
