import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { printable } from '../../statemachine/printable';
import { HOSTILE } from '../support/hostile-text';
import { holdLock, putHolders } from '../support/lock-object';
import { past, useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';

const mirror = useMirror();

const ROOT = join(__dirname, '../..');
const folder = temporaryFolder();
const reports = ['--report-location', folder];
/** Of what XML and HTTP can carry. */
const keys = HOSTILE.filter((text) => text !== '\0').map((text, index) => `${index}${text}.txt`);
const expectShowable = (...texts: string[]) => {
  for (const text of texts) expect(text).toBe(printable(text));
};

function createHostilePair(): string[] {
  const { source, destination } = mirror.createPair();
  for (const key of keys) source.put(key, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key !== keys[0]
      ? { status: 403, code: 'AccessDenied', message: `no \u009b31m\u202e${key}` }
      : undefined;
  return [`s3://${source.name}`, `s3://${destination.name}`];
}

it('shows as codes what hostile keys and messages hold, in every output of a run and its report', async () => {
  const urls = createHostilePair();

  const run = await runCli(mirror.s3, ['run', ...urls, ...reports]);
  const [id = ''] = readdirSync(join(folder, 'runs'));
  const report = (...args: string[]) => runCli(mirror.s3, ['report', id, ...reports, ...args]);
  const [shown, failures, actions, json] = [
    await report(),
    await report('--lines', 'failures'),
    await report('--lines', 'actions'),
    await report('--json'),
  ];

  for (const { stdout, stderr } of [run, shown, failures, actions, json]) expectShowable(stdout, stderr);
  const lines = `${failures.stdout}${actions.stdout}`.trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).key).sort()).toEqual([...keys].sort());
  expect(JSON.parse(json.stdout)).toMatchObject({ runId: id, status: 'failed' });
  const files = ['report.html', 'summary.json'].map((name) => readFileSync(join(folder, 'runs', id, name), 'utf8'));
  expectShowable(...files);
  expect(files[0]).toContain(`http-equiv="Content-Security-Policy" content="default-src 'none';`);
});

it('shows as codes what the lock of a destination says', async () => {
  const destination = mirror.s3.createBucket('a-destination');
  const executionId = `arn:\u001b]0;x\u0007\nIt has ended.${HOSTILE.join('')}`;
  const holder = await holdLock(destination, { executionId }, pathToFileURL(folder).href);
  putHolders(destination, [{ ...holder, startedAt: '2026\u009b2J', folder: 'a\u001b[2J/' }]);

  for (const more of [[], ['--json']]) {
    const { stdout, stderr } = await runCli(mirror.s3, ['unlock', 's3://a-destination', ...reports, ...more]);
    expectShowable(stdout, stderr);
    expect(stdout).not.toContain('\nIt has ended.');
  }
});

it.each([
  ['report', '\u001b]0;x\u0007'],
  ['report', 'a\u202eb'],
  ['retry', '\u009b2J'],
  ['unlock', 's3://\u001b[2J'],
  ['run', 's3://\u001b[2J', 's3://b\u202e'],
  ['plan', '\u001b[2J'],
  ['run', 's3://aaa/', 's3://bbb/', '--exclude', '\u009b/'],
  ['run', '--\u001b[2J'],
  ['\u001b[2J'],
  ['history', '--limit', '\u009b'],
  ['watch', '--state-machine', '\u001b[2J'],
  ['start', '\u001b[2J', 'x'],
  ['stop', '\u009b', '--state-machine', '\u001b[2J'],
  ['policy', 's3://\u001b[2J', 's3://b', '--source-account', '\u009b', '--destination-account', '1'],
  ['report', 'x', '--lines', '\u001b[2J'],
])('shows as codes the values that its errors quote: %j', async (...args) => {
  const { exitCode, stdout, stderr } = await runCli(mirror.s3, args, '', { AWS_REGION: 'eu-west-1' });

  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/\\u00|\\u20|error/);
  expectShowable(stdout, stderr);
});

it('has one place that writes to stdout and stderr', () => {
  const writers = globSync('cli/**/*.ts', { cwd: ROOT }).filter((file) =>
    /\bconsole\.|std(out|err)\.write|\bwriteSync\b/.test(readFileSync(join(ROOT, file), 'utf8')),
  );

  expect(writers).toEqual([join('cli', 'output', 'output.ts')]);
});
