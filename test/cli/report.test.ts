import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import type { RunSummary } from '../../statemachine/contract';
import { past, useMirror } from '../support/mirror';
import { StepFunctions } from '../support/step-functions';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { runCli as runCliProcess } from './command-line';
import { runCliHere } from './in-process';

const mirror = useMirror();
const reports = ['--report-location', temporaryFolder()];

/** Three objects to copy, of which one is refused. */
function createFailingPair() {
  const { source, destination } = mirror.createPair();
  for (const key of ['a', 'b\n', 'c']) source.put(key, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'CopyObject' && key === 'b\n' ? { status: 403, code: 'AccessDenied' } : undefined;
  return [`s3://${source.name}`, `s3://${destination.name}`];
}

const keysOf = (lines: string) =>
  lines
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line).key)
    .sort();

describe('the report of a run here', () => {
  let summary: RunSummary;
  const report = (...args: string[]) => runCliHere(mirror.s3, ['report', summary.runId, ...reports, ...args]);

  beforeAll(async () => {
    const { stdout } = await runCli(mirror.s3, ['run', ...createFailingPair(), '--json', ...reports]);
    summary = JSON.parse(stdout);
  });

  it('shows the summary, and once what failed, by reason', async () => {
    const { exitCode, stdout, stderr } = await report();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('2 objects copied (2 B), 1 failed');
    expect(stdout).toMatch(/\n {2}1 {2}access-denied: .*\n {5}"b\\n"\n/);
    expect(stdout.split('"b\\n"')).toHaveLength(2);
    expect(stdout).toContain(`bucketsync retry ${summary.runId.slice(0, 8)} --report-location `);
    expect(stdout).toContain(`${summary.report}report.html`);
  });

  it('prints the summary alone with --json', async () => {
    expect(JSON.parse((await report('--json')).stdout)).toEqual(summary);
  });

  it.each([
    ['actions', ['a', 'c']],
    ['failures', ['b\n']],
    ['plan', []],
    ['differences', []],
  ])('prints its lines with --lines %s', async (which, keys) => {
    const { exitCode, stdout } = await report('--lines', which);
    expect({ exitCode, keys: keysOf(stdout) }).toEqual({ exitCode: 0, keys });
  });
});

it('shows that a guarded run wrote nothing: no line says that anything was done', async () => {
  const { source, destination } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  for (const key of ['o1', 'o2']) destination.put(key, 'x');
  const urls = [`s3://${source.name}`, `s3://${destination.name}`];

  const run = await runCli(mirror.s3, ['run', ...urls, '--max-deletes', '1', ...reports]);
  const id = /runs\/([^/]+)\/report.html/.exec(run.stdout)?.[1] ?? '';
  const lines = (which: string) => runCliHere(mirror.s3, ['report', id, '--lines', which, ...reports]);

  expect(run.stdout).toMatch(
    /The run failed after [^\n]*, nothing was written\n {2}1 object to be copied \(1 B\), 2 to be deleted\n/,
  );
  expect((await lines('actions')).stdout).toBe('');
  expect(keysOf((await lines('plan')).stdout)).toEqual(['a', 'o1', 'o2']);
});

it('shows the plan of a dry run as its lines, each as planned', async () => {
  const { source, destination } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  const urls = [`s3://${source.name}`, `s3://${destination.name}`];
  const run = await runCli(mirror.s3, ['run', ...urls, '--dry-run', '--json', ...reports]);
  const { runId } = JSON.parse(run.stdout) as RunSummary;

  const { stdout } = await runCliHere(mirror.s3, ['report', runId, '--lines', 'actions', ...reports]);

  expect(JSON.parse(stdout)).toMatchObject({ phase: 'plan', action: 'copy', outcome: 'planned', key: 'a' });
});

it('counts failures of a phase that writes nothing, too', async () => {
  const { source, destination } = mirror.createPair();
  for (let index = 0; index < 101; index++) source.put(`key-${index}`, 'x', { lastModified: past });
  mirror.s3.onRequest = ({ operation, bucket }) =>
    operation === 'HeadObject' && bucket === destination.name ? { status: 403, code: 'AccessDenied' } : undefined;
  const urls = [`s3://${source.name}`, `s3://${destination.name}`];

  const run = await runCli(mirror.s3, ['run', ...urls, '--verify', '--compare', 'metadata', ...reports]);
  const id = /runs\/([^/]+)\/report.html/.exec(run.stdout)?.[1] ?? '';
  const report = await runCliHere(mirror.s3, ['report', id, ...reports]);

  for (const { stdout } of [run, report]) {
    expect(stdout).toMatch(/\n {2}101 {2}compare, access-denied: .*\n(?: {7}"key-\d+"\n){3} {7}… and 98 more\n/);
    expect(stdout).toContain(`    bucketsync report ${id.slice(0, 8)} --lines failures --report-location `);
  }
});

it.each([['never-ran'], ['../locks']])('is rejected for the id %j', async (run) => {
  const { exitCode, stdout, stderr } = await runCliHere(mirror.s3, ['report', run, ...reports]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(`got "${run}"`);
});

describe('the report of a run in AWS', () => {
  let service: StepFunctions;
  beforeAll(async () => {
    service = await StepFunctions.start(mirror);
  });
  afterAll(() => service.stop());

  it('is read from its report bucket', async () => {
    mirror.s3.createBucket('report-bucket');
    service.runOptions = { host: { runStore: openRunStore('s3://report-bucket') } };
    const more = { AWS_ENDPOINT_URL: service.endpoint, AWS_ENDPOINT_URL_S3: mirror.s3.endpoint };
    await runCliProcess(undefined, ['start', ...createFailingPair(), '--watch', '--json'], '', more);

    const { stdout } = await runCliHere(undefined, ['report', service.newest.arn], '', more);
    expect(stdout).toMatch(/\n {2}1 {2}access-denied: .*\n {5}"b\\n"\n/);
    expect(stdout).toContain(`    bucketsync retry ${service.newest.arn}\n`);
    const lines = await runCliHere(undefined, ['report', service.newest.arn, '--lines', 'actions'], '', more);
    expect(keysOf(lines.stdout)).toEqual(['a', 'c']);
  });

  it('is rejected while the run goes on', async () => {
    const held = Promise.withResolvers<void>();
    const around = (_task: unknown, _input: unknown, invoke: () => Promise<unknown>) => held.promise.then(invoke);
    service.runOptions = { around };
    const more = { AWS_ENDPOINT_URL: service.endpoint };
    await runCliProcess(undefined, ['start', ...createFailingPair()], '', more);

    const { exitCode, stdout, stderr } = await runCliProcess(undefined, ['report', service.newest.arn], '', more);
    held.resolve();
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('Expected a run that has ended');
  });
});
