import { type S3Server, startS3 } from '../../local/s3';
import type { RunSummary } from '../../statemachine/contract';
import { runCli } from './cli-at-length';

const sides = ['s3://MyLegacy_Source', 's3://legacy_Destination'];
const daysAgo = (days: number) => ({ lastModified: new Date(Date.now() - days * 86_400_000) });
let s3: S3Server;

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());
beforeEach(() => {
  s3.requests.reset();
  const source = s3.createBucket('MyLegacy_Source', { requesterPays: true });
  const destination = s3.createBucket('legacy_Destination');
  source.put('new', 'x'.repeat(2000), daysAgo(1));
  source.put('small', 'x', daysAgo(1));
  source.put('old', 'x'.repeat(2000), daysAgo(30));
  source.put('cold', 'x'.repeat(2000), { ...daysAgo(1), storageClass: 'STANDARD_IA' });
  source.put('frozen', 'x'.repeat(2000), { ...daysAgo(1), storageClass: 'GLACIER' });
  destination.put('small', 'outdated copy of it', daysAgo(1));
  destination.put('orphan', 'x'.repeat(2000), daysAgo(1));
  destination.put('old orphan', 'x'.repeat(2000), daysAgo(20));
});

const keys = () => [...s3.bucket('legacy_Destination').index.after('')].map(({ key }) => key);

it('applies filters, and leaves archived objects waiting, in old Requester Pays buckets', async () => {
  const filters = ['--min-size', '1KB', '--newer-than', '7d', '--storage-classes', 'STANDARD,GLACIER'];
  const others = ['--archived', 'restore', '--restore-days', '2', '--request-payer', 'requester', '--acl', 'none'];

  const { exitCode, stdout, stderr } = await runCli(s3, ['run', ...sides, ...filters, ...others, '--json']);

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const summary: RunSummary = JSON.parse(stdout);
  expect(summary.totals).toMatchObject({ copied: 1, deleted: 1, waiting: 1, failed: 0 });
  expect(keys()).toEqual(['new', 'old orphan', 'small']);
  expect(summary.input).toMatchObject({
    minSize: 1000,
    newerThan: new Date(Date.parse(summary.startedAt) - 7 * 86_400_000).toISOString(),
    storageClasses: ['STANDARD', 'GLACIER'],
  });
  expect(s3.bucket('MyLegacy_Source').get('frozen')?.restore).toEqual({ ongoing: true });
});

it('says at a glance what waits, and fails no second time for it', async () => {
  const args = ['run', ...sides, '--archived', 'restore', '--request-payer', 'requester'];

  const runs = [await runCli(s3, args), await runCli(s3, args)];

  for (const { exitCode, stdout } of runs) {
    expect(exitCode).toBe(0);
    expect(stdout).toContain('1 waiting to be restored');
    expect(stdout).toContain('Waiting: 1 object in archives until S3 has restored them');
  }
  expect(s3.requests.of('RestoreObject')).toBe(3); // two of them on a key that nobody has
});

it('plans what it would restore, and names the field that a Requester Pays bucket requires', async () => {
  const plan = await runCli(s3, ['plan', ...sides, '--archived', 'restore', '--request-payer', 'requester']);
  const refused = await runCli(s3, ['plan', ...sides]);

  expect(plan.stdout).toContain('Waiting: 1 object in archives. A run asks S3 to restore them');
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(`${refused.stdout}${refused.stderr}`).toContain('add `--request-payer requester` if you agree');
});
