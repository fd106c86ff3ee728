import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderRuns } from '../../cli/commands/runs';
import { writeRecord } from '../../lambdas/engine/lock/lock-record';
import { identifyProcess } from '../../lambdas/host/process-identity';
import { FolderRunStore } from '../../lambdas/host/run-store/folder-run-store';
import { emptyCounters } from '../../statemachine/contract';
import { useMirror } from '../support/mirror';
import { temporaryFolder } from '../support/temporary-folder';
import { runCli } from './cli-at-length';
import { runCli as runCliProcess } from './command-line';
import { Deployed } from './deployed';

const DAY_MS = 24 * 60 * 60 * 1000;
let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Runs of this machine, by how many days ago they began. */
function putRun(runId: string, daysAgo: number, more: object = {}): void {
  const path = join(folder, 'runs', runId, 'actions');
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'sync-copy-0-0-a-0.jsonl.gz'), 'x'.repeat(1_000));
  const summary = {
    runId,
    status: 'succeeded',
    startedAt: new Date(Date.now() - daysAgo * DAY_MS).toISOString(),
    input: { source: 'a-source', destination: 'a-destination', prefix: '', destinationPrefix: '' },
    totals: { copied: 3, copiedBytes: 300, deleted: 1, failed: 0 },
    phases: [],
    elapsedMs: 2_000,
    ...more,
  };
  writeFileSync(join(folder, 'runs', runId, 'summary.json'), JSON.stringify(summary));
}

/** A run that has left no summary. */
function putUnfinished(runId: string, daysAgo: number): void {
  const path = join(folder, 'runs', runId);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, 'lacks'), '');
  const then = new Date(Date.now() - daysAgo * DAY_MS);
  for (const name of [join(path, 'lacks'), path]) utimesSync(name, then, then);
}

const left = () => readdirSync(join(folder, 'runs')).sort();
/** Of a machine on which nobody has deployed anything. */
const nothing = { AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' };
const cli = (...args: string[]) => runCli(undefined, [...args, '--report-location', folder], '', nothing);

const OLD = '0a000000-0000-4000-8000-000000000001';
const NEW = '0b000000-0000-4000-8000-000000000002';

describe('bucketsync runs', () => {
  it('lists the runs of this machine, the newest first, without credentials and without a message about AWS', async () => {
    putRun(OLD, 2, { status: 'failed', error: { name: 'DriftError', message: '', keys: [] } });
    putRun(NEW, 1, { input: { source: 'a-source', prefix: 'site/', destination: 'a-destination', dryRun: true } });

    const { exitCode, stdout, stderr } = await runCli(undefined, ['runs', '--report-location', folder], '', {
      ...nothing,
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_REGION: undefined,
    });

    const [, first = '', second = ''] = stdout.split('\n');
    expect(first).toMatch(
      /^ +0b000000 +\S+Z +here +plan s3:\/\/a-source\/site\/ → s3:\/\/a-destination\/site\/ +succeeded +2 s +3 +300 B +1 +0 *$/,
    );
    expect(second).toMatch(/^ +0a000000 +\S+Z +here +s3:\/\/a-source\/ → s3:\/\/a-destination\/ +DriftError /);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('lists a run without a summary first, as unfinished', async () => {
    putRun(OLD, 2);
    putUnfinished(NEW, 0);
    const { runs } = JSON.parse((await cli('runs', '--json')).stdout);
    expect(runs).toMatchObject([
      { runId: NEW, place: 'here', status: 'unfinished' },
      { runId: OLD, place: 'here', status: 'succeeded', totals: { copied: 3 } },
    ]);
  });

  it('lists no more than the limit, and says so if there is none', async () => {
    expect((await cli('runs')).stdout).toBe('No run yet\n');
    for (let index = 0; index < 3; index++) putRun(`${index}`, index);
    expect(JSON.parse((await cli('runs', '--json', '--limit', '2')).stdout).runs).toHaveLength(2);
  });

  it('rejects a profile that does not exist', async () => {
    const { exitCode, stderr } = await cli('runs', '--profile', 'tset');
    expect(stderr).toContain('"tset"');
    expect(exitCode).toBe(2);
  });

  it('does not end because somebody has put something else among the runs', async () => {
    putRun(OLD, 1);
    mkdirSync(join(folder, 'runs/strange'));
    writeFileSync(join(folder, 'runs/strange/summary.json'), '<html>');
    expect(JSON.parse((await cli('runs', '--json')).stdout).runs).toMatchObject([{ runId: 'strange' }, { runId: OLD }]);
  });
});

describe('a run is found', () => {
  it.each([
    ['latest', NEW],
    ['0a', OLD],
    [NEW, NEW],
  ])('by %s', async (name, runId) => {
    putRun(OLD, 2);
    putRun(NEW, 1);
    putUnfinished('0c000000-0000-4000-8000-000000000003', 0);
    expect(JSON.parse((await cli('report', name, '--json')).stdout)).toMatchObject({ runId });
  });

  it('not if nothing has run yet: then the message says where runs in AWS are found', async () => {
    const { exitCode, stderr } = await cli('report', 'latest');
    expect(stderr).toContain('For a run in AWS, name its stack with --stack, or use the ARN of its execution');
    expect(exitCode).toBe(2);
  });
});

describe('bucketsync prune', () => {
  it('shows what may go, and removes nothing without a yes', async () => {
    putRun(OLD, 2);
    putRun(NEW, 1);
    const { exitCode, stdout } = await cli('prune', '--keep', '1');
    expect(stdout).toMatch(/\n +0a000000 +\S+Z +succeeded +\d\.\d+ kB *\n/);
    expect(stdout).toMatch(/Nothing was removed. To remove 1 report \(\S+ kB\), add --yes\n$/);
    expect({ exitCode, left: left() }).toEqual({ exitCode: 0, left: [OLD, NEW] });
  });

  it.each<[string[], string[]]>([
    [
      ['--keep', '2'],
      ['1', '5'],
    ],
    [['--keep', '0'], []],
    [
      ['--older-than', '10d'],
      ['1', '5'],
    ],
    [
      ['--older-than', '3w'],
      ['1', '5', '20'],
    ],
    [
      ['--older-than', '10d', '--keep', '3'],
      ['1', '20', '5'],
    ],
    [[], ['1', '20', '40', '5']],
  ])('%j leaves of runs that began 1, 5, 20 and 40 days ago: %j', async (args, expected) => {
    for (const days of [1, 5, 20, 40]) putRun(`${days}`, days);
    const { stdout } = await cli('prune', ...args, '--yes', '--json');
    expect(left()).toEqual(expected.sort());
    const removed: { runId: string }[] = JSON.parse(stdout).runs;
    expect(
      removed
        .map(({ runId }) => runId)
        .concat(left())
        .sort(),
    ).toEqual(['1', '20', '40', '5']);
  });

  it('leaves a run that is running, whatever its age', async () => {
    putRun(OLD, 20);
    putRun(NEW, 10);
    putUnfinished('dead', 8);
    putUnfinished('young', 6);
    putUnfinished('working', 30);
    const record = {
      executionId: 'local:host:1:working',
      startedAt: '',
      destination: 'd',
      destinationPrefix: '',
      process: await identifyProcess(),
    };
    await writeRecord('an-entry', record, new FolderRunStore(folder));

    await cli('prune', '--keep', '0', '--yes');
    expect(left()).toEqual(['working', 'young']);
  });

  it('leaves a plan for a week, unless it was applied', async () => {
    const keptPlan = { copies: 1, restores: 0, deletes: 0 };
    const plan = { input: { source: 'a', destination: 'b', dryRun: true }, keptPlan };
    putRun('old-plan', 8, plan);
    putRun('new-plan', 6, plan);
    putRun('applied-plan', 6, plan);
    putRun('applying', 5, { input: { source: 'a', destination: 'b', apply: 'applied-plan' } });
    await cli('prune', '--keep', '0', '--yes');
    expect(left()).toEqual(['new-plan']);
  });

  it.each([
    [['--keep', 'many'], 'Expected how many runs stay'],
    [['--older-than', '90'], 'Expected hours, days or weeks, such as 12h, 90d or 8w'],
  ])('rejects %j', async (args, message) => {
    const { exitCode, stderr } = await cli('prune', ...args);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('does not touch a bucket', async () => {
    const { exitCode, stderr } = await runCli(
      undefined,
      ['prune', '--yes', '--report-location', 's3://reports'],
      '',
      nothing,
    );
    expect(stderr).toContain('let a lifecycle rule expire what is below runs/');
    expect(exitCode).toBe(2);
  });

  it('touches nothing beside the runs', async () => {
    putRun(OLD, 2);
    mkdirSync(join(folder, 'locks'));
    writeFileSync(join(folder, 'locks/a'), 'x');
    await cli('prune', '--keep', '0', '--yes');
    expect(readFileSync(join(folder, 'locks/a'), 'utf8')).toBe('x');
    expect(existsSync(join(folder, 'runs', OLD))).toBe(false);
  });
});

describe('where a state machine is deployed', () => {
  const mirror = useMirror();
  const deployed = new Deployed(mirror);
  const there = (...args: string[]) =>
    runCliProcess(undefined, [...args, '--report-location', folder], '', deployed.environment());

  it('its runs and those of this machine are one list', async () => {
    putRun(OLD, 2);
    await deployed.cli('start', ...deployed.createPair().urls, '--watch');
    const { stdout } = await there('runs', '--json');
    expect(JSON.parse(stdout).runs).toMatchObject([
      { runId: deployed.service.newest.name, place: 'AWS', status: 'succeeded', totals: { copied: 30 } },
      { runId: OLD, place: 'here' },
    ]);
  });

  it('the beginning of an id is enough, also for `report` and `watch`', async () => {
    await deployed.cli('start', ...deployed.createPair().urls, '--watch');
    const { name } = deployed.service.newest;
    for (const verb of ['report', 'watch']) {
      const { stdout } = await deployed.cli(verb, name.slice(0, 8), '--json');
      expect(JSON.parse(stdout)).toMatchObject({ totals: { copied: 30 } });
    }
    expect(JSON.parse((await deployed.cli('watch', 'latest', '--json')).stdout)).toMatchObject({
      totals: { copied: 30 },
    });
  });

  it('must be there if somebody names it', async () => {
    const { exitCode, stderr } = await there('runs', '--stack', 'NoSuchStack');
    expect(stderr).toContain('There is no stack NoSuchStack');
    expect(exitCode).toBe(2);
  });
});

describe('the list of runs', () => {
  const input = { source: 'my-staging', destination: 'my-production' };
  const totals = { ...emptyCounters(), copied: 3, copiedBytes: 1500, deleted: 1 };
  const run = {
    runId: OLD,
    place: 'here',
    status: 'succeeded',
    startedAt: '2026-01-01T00:00:00.000Z',
    elapsedMs: 2000,
    totals,
  } as const;
  const runs = [
    { ...run, input },
    { ...run, input: { ...input, dryRun: true } },
  ];

  it('is a table, a line for each run, where nothing breaks it', () => {
    expect(renderRuns(runs).split('\n')).toHaveLength(3);
  });

  it('fits 80 columns, and says of a plan that nothing was copied', () => {
    const lines = renderRuns(runs, 80).split('\n');

    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines[2]?.trim()).toBe('3 copied (1.5 kB), 1 deleted, 0 failed');
    expect(lines[5]?.trim()).toBe('3 to copy (1.5 kB), 1 to delete, 0 failed');
  });
});
