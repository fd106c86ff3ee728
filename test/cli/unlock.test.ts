import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { takeLock } from '../../lambdas/engine/lock/run-lock';
import type { Host } from '../../lambdas/engine/ports/host';
import { identifyProcess } from '../../lambdas/host/process-identity';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { holdersOf, holdLock, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { useMirror } from '../support/mirror';
import { STATE_MACHINE_ARN, StepFunctions } from '../support/step-functions';
import { temporaryFolder } from '../support/temporary-folder';
import { runCliHere } from './in-process';

const mirror = useMirror();

/** A process that runs until the test ends, and one that has ended. */
const alive: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
const ended: ChildProcess = spawn(process.execPath, ['-e', '']);
const aliveStart = startTimeOf(alive);
beforeAll(() => once(ended, 'exit'));
afterAll(() => alive.kill());
const local = ({ pid }: ChildProcess) => `local:${hostname()}:${pid}:a-run`;

function startTimeOf({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[21] ?? '';
}

const newFolder = () => temporaryFolder();
let buckets = 0;
const newDestination = () => mirror.s3.createBucket(`unlocked-${++buckets}`);

it.each<[what: string, holder: ChildProcess, boot: string | undefined, args: string[], exitCode: number, says: string]>(
  [
    ['removes the lock of a process that has ended', ended, undefined, [], 0, 'It has ended.\nRemoved '],
    [
      'keeps the lock of a process that runs',
      alive,
      undefined,
      [],
      1,
      'There is no proof that it has ended.\nNot removed: wait for the run, or stop it',
    ],
    ['removes it with --force', alive, undefined, ['--force'], 0, 'There is no proof that it has ended.\nRemoved '],
    ['keeps the lock of another machine, of which it cannot tell', ended, 'another-boot', [], 1, 'Not removed'],
  ],
)('%s', async (_what, holder, boot, args, exitCode, says) => {
  const [folder, destination, own] = [newFolder(), newDestination(), await identifyProcess()];
  if (!own) throw new Error('Expected a system that tells its processes apart');
  const identity = { ...own, boot: boot ?? own.boot, processId: holder.pid ?? 0, startTime: aliveStart };
  const executionId = local(holder);
  const held = { executionId, process: identity, folder: 'site/' };
  const { startedAt } = await holdLock(destination, held, pathToFileURL(folder).href);
  const place = `s3://${destination.name}/site`;

  const done = await runCliHere(mirror.s3, ['unlock', place, '--report-location', folder, ...args]);

  expect(done).toMatchObject({ exitCode, stderr: '' });
  expect(done.stdout).toContain(`The lock of ${place}/ is held by ${executionId}, since ${startedAt}.`);
  expect(done.stdout).toContain(says);
  expect(holdersOf(destination)).toHaveLength(exitCode);
  expect(await openRunStore(pathToFileURL(folder).href).list('locks/runs/')).toHaveLength(exitCode);
});

it('has nothing to do if there is no lock, or only one of a folder that does not overlap', async () => {
  const destination = newDestination();
  putHolders(destination, [newHolder({ folder: 'site/' })]);

  const place = `s3://${destination.name}/site-archive`;
  const done = await runCliHere(mirror.s3, ['unlock', place, '--report-location', newFolder()]);

  expect(done).toMatchObject({ exitCode: 0, stdout: `No run holds the lock of ${place}/.\n` });
  expect(holdersOf(destination)).toHaveLength(1);
});

it('shows each run that writes to a folder around or inside the named one, and leaves other runs alone', async () => {
  const destination = newDestination();
  const holders = ['', 'site/', 'site/a/', 'other/'].map((folder) => newHolder({ folder }));
  putHolders(destination, holders);

  const args = ['unlock', `s3://${destination.name}/site`, '--report-location', newFolder()];
  const shown = await runCliHere(mirror.s3, args);
  const forced = await runCliHere(mirror.s3, [...args, '--force']);

  expect(shown.exitCode).toBe(1);
  expect(shown.stdout.match(/held by a run with another report location/g)).toHaveLength(3);
  expect(forced.exitCode).toBe(0);
  expect(holdersOf(destination)).toEqual([{ ...holders[3], writtenAt: expect.any(Number) }]);
});

it('removes an unreadable lock only with --force', async () => {
  const destination = newDestination();
  destination.put(LOCK_KEY, 'no lock');
  const args = ['unlock', `s3://${destination.name}`, '--report-location', newFolder()];

  const kept = await runCliHere(mirror.s3, args);
  expect(kept).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('an entry that cannot be read') });
  expect(destination.get(LOCK_KEY)).toBeDefined();

  expect(await runCliHere(mirror.s3, [...args, '--force'])).toMatchObject({ exitCode: 0 });
  expect(destination.get(LOCK_KEY)).toBeUndefined();
});

it('also finds a lock that is kept beside the reports', async () => {
  const [folder, destination] = [newFolder(), newDestination()];
  const input = parseSyncInput({ source: 'a-source', destination: destination.name, lock: 'reports' });
  const run = { executionId: 'local:elsewhere:1:x', startedAt: '2026-01-01T00:00:00Z', input, destinationRegion: '' };
  const runStore = openRunStore(pathToFileURL(folder).href);
  const { signal } = new AbortController();
  await takeLock(run, { runStore, signal, identifyProcess: async () => undefined } as Partial<Host> as Host);

  const args = ['unlock', `s3://${destination.name}`, '--report-location', folder];
  const kept = await runCliHere(mirror.s3, args);
  expect(kept).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('held by local:elsewhere:1:x') });
  expect(await runCliHere(mirror.s3, [...args, '--force'])).toMatchObject({ exitCode: 0 });
  expect(await runStore.list('locks/buckets/')).toEqual([]);
});

it('asks Step Functions about an execution that the report bucket of a stack names', async () => {
  const service = await StepFunctions.start(mirror);
  const reports = mirror.s3.createBucket('the-reports');
  const destination = newDestination();
  const args = ['unlock', `s3://${destination.name}`, '--report-location', 's3://the-reports', '--json'];
  const executionId = `${STATE_MACHINE_ARN.replace('stateMachine', 'execution')}:that-nobody-knows`;
  try {
    const { startedAt } = await holdLock(destination, { executionId }, 's3://the-reports');
    const { exitCode, stdout } = await runCliHere(mirror.s3, args, '', { AWS_ENDPOINT_URL_SFN: service.endpoint });

    expect(JSON.parse(stdout)).toEqual({
      holders: [
        {
          lock: `s3://${destination.name}/${LOCK_KEY}`,
          folder: '',
          executionId,
          startedAt,
          running: false,
          removed: true,
        },
      ],
    });
    expect({ exitCode, left: reports.index.size + destination.index.size }).toEqual({ exitCode: 0, left: 0 });
    expect(service.requests).toEqual(['DescribeExecution']);
  } finally {
    await service.stop();
  }
});

it('uses the named profile, whatever keys the environment holds', async () => {
  const destination = newDestination();
  const credentials = join(newFolder(), 'credentials');
  writeFileSync(credentials, '[mine]\naws_access_key_id = of-the-profile\naws_secret_access_key = test\n');
  const signers = new Set<string | undefined>();
  mirror.overlooksLock = false;
  mirror.s3.credentials = [{ accessKeyId: 'of-the-profile', secretAccessKey: 'test' }];
  mirror.s3.onRequest = ({ headers }) => {
    signers.add(/Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1]);
    return undefined;
  };

  const args = ['unlock', `s3://${destination.name}`, '--report-location', newFolder(), '--profile', 'mine'];
  const done = await runCliHere(mirror.s3, args, '', { AWS_SHARED_CREDENTIALS_FILE: credentials });

  expect(done).toMatchObject({ exitCode: 0, stderr: '' });
  expect([...signers]).toEqual(['of-the-profile']);
});

it.each<[args: string[]]>([[['unlock']], [['unlock', 'a-destination']], [['unlock', 's3://a+bucket']]])(
  'rejects %j',
  async (args) => {
    expect(await runCliHere(mirror.s3, args)).toMatchObject({ exitCode: 2, stdout: '' });
  },
);
