import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openRunStore } from '../../lambdas/aws/run-store';
import type { Host } from '../../lambdas/engine/host';
import { takeLock } from '../../lambdas/engine/run-lock';
import { parseSyncInput } from '../../statemachine/sync-input';
import { useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN, StepFunctions } from '../support/step-functions';
import { runCli } from './command-line';

const mirror = useMirror();
const startedAt = '2026-01-01T00:00:00Z';

/** A process that runs until the test ends, and one that has ended. */
const alive: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
const ended: ChildProcess = spawn(process.execPath, ['-e', '']);
beforeAll(() => once(ended, 'exit'));
afterAll(() => alive.kill());
const local = ({ pid }: ChildProcess) => `local:${hostname()}:${pid}:a-run`;

async function holdLock(location: string, executionId: string, destinationPrefix = '') {
  const input = parseSyncInput({ source: 'a-source', destination: 'a-destination', destinationPrefix });
  await takeLock(input, { executionId, startedAt }, { runStore: openRunStore(location) } as Host);
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'bucketsync-test-'));
const locksIn = (folder: string) => readdirSync(join(folder, 'locks/a-destination'));

it.each<[what: string, executionId: string, args: string[], exitCode: number, says: string]>([
  ['removes the lock of a process that has ended', local(ended), [], 0, 'It has ended.\nRemoved '],
  ['keeps the lock of a process that runs', local(alive), [], 1, 'still runs.\nNot removed: wait for it or stop it'],
  ['removes it with --force', local(alive), ['--force'], 0, 'still runs.\nRemoved '],
  ['keeps the lock of another machine, of which it cannot tell', 'local:elsewhere:1:x', [], 1, 'Not removed'],
])('%s', async (_what, executionId, args, exitCode, says) => {
  const folder = newFolder();
  await holdLock(pathToFileURL(folder).href, executionId, 'site');

  const done = await runCli(mirror.s3, ['unlock', 's3://a-destination/site', '--report-location', folder, ...args]);

  expect(done).toMatchObject({ exitCode, stderr: '' });
  expect(done.stdout).toContain(`The lock of s3://a-destination/site/ is held by ${executionId}, since ${startedAt}.`);
  expect(done.stdout).toContain(says);
  expect(locksIn(folder)).toHaveLength(exitCode);
});

it('has nothing to do where there is no lock, or but one of another folder', async () => {
  const folder = newFolder();
  await holdLock(pathToFileURL(folder).href, local(ended), 'site');

  const done = await runCli(mirror.s3, ['unlock', 's3://a-destination', '--report-location', folder]);

  expect(done).toMatchObject({ exitCode: 0, stdout: 'No run holds the lock of s3://a-destination.\n' });
  expect(locksIn(folder)).toHaveLength(1);
});

it('asks Step Functions about a lock in the report bucket of a stack', async () => {
  const service = await StepFunctions.start(mirror);
  const reports = mirror.s3.createBucket('the-reports');
  const args = ['unlock', 's3://a-destination', '--report-location', 's3://the-reports', '--json'];
  const execution = `${STATE_MACHINE_ARN.replace('stateMachine', 'execution')}:that-nobody-knows`;
  try {
    await holdLock('s3://the-reports', execution);
    const { exitCode, stdout } = await runCli(mirror.s3, args, '', { AWS_ENDPOINT_URL_SFN: service.endpoint });

    expect(JSON.parse(stdout)).toEqual({
      lock: expect.stringMatching(/^s3:\/\/the-reports\/locks\/a-destination\//),
      executionId: execution,
      startedAt,
      running: false,
      removed: true,
    });
    expect({ exitCode, left: reports.index.size }).toEqual({ exitCode: 0, left: 0 });
    expect(service.requests).toEqual(['DescribeExecution']);
  } finally {
    await service.stop();
  }
});

it('goes by a profile that is named, whatever keys the environment holds', async () => {
  mirror.s3.createBucket('other-reports');
  const credentials = join(newFolder(), 'credentials');
  writeFileSync(credentials, '[mine]\naws_access_key_id = of-the-profile\naws_secret_access_key = test\n');
  const signers = new Set<string | undefined>();
  mirror.s3.onRequest = ({ headers }) => {
    signers.add(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1]);
    return undefined;
  };

  const args = ['unlock', 's3://a-destination', '--report-location', 's3://other-reports', '--profile', 'mine'];
  const done = await runCli(mirror.s3, args, '', { AWS_SHARED_CREDENTIALS_FILE: credentials });

  expect(done).toMatchObject({ exitCode: 0, stderr: '' });
  expect([...signers]).toEqual(['of-the-profile']);
});

it.each<[args: string[]]>([[['unlock']], [['unlock', 'a-destination']], [['unlock', 's3://A_Bucket']]])(
  'refuses %j',
  async (args) => {
    expect(await runCli(mirror.s3, args)).toMatchObject({ exitCode: 2, stdout: '' });
  },
);
