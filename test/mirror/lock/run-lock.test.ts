import { hostname } from 'node:os';
import { pathToFileURL } from 'node:url';
import { findRecord } from '../../../lambdas/engine/lock/lock-record';
import type { ProcessIdentity } from '../../../lambdas/engine/ports/process-identity';
import { identifyProcess } from '../../../lambdas/host/process-identity';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { RangeShare, SyncRequest } from '../../../statemachine/contract';
import { holdersOf, holdLock, LOCK_KEY, lockText, newHolder, putHolders } from '../../support/lock-object';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { roundsOf } from '../../support/rounds-of';
import { temporaryFolder } from '../../support/temporary-folder';

const mirror = useMemoryMirror();

function createPair() {
  const { source, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  return input;
}

const { reportLocation } = mirror;
const destinationOf = (input: { destination: string }) => mirror.s3.bucket(input.destination);

/** Runs `second` while a first run of `input` is at its first copy. */
async function runDuring(input: SyncRequest, second: () => Promise<unknown>) {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  mirror.s3.onRequest = async ({ operation, bucket }) => {
    if (operation !== 'CopyObject' || bucket !== input.destination) return undefined;
    reached.resolve();
    await released.promise;
    return undefined;
  };
  const first = mirror.run(input);
  await reached.promise;
  mirror.s3.onRequest = undefined;
  await second();
  released.resolve();
  return first;
}

it('rejects a second run to the same destination folder, and lets the first one finish', async () => {
  const input = createPair();
  const first = await runDuring(input, async () => {
    const second = await mirror.run(input);
    expect(second).toMatchObject({ status: 'failed', phases: [], error: { name: 'AlreadyRunningError' } });
    const [holder] = holdersOf(destinationOf(input));
    const record = await findRecord(holder?.id ?? '', openRunStore(reportLocation));
    expect(second.error?.message).toBe(
      `Another run has been writing to s3://${input.destination}/ since ${holder?.startedAt}: ${record?.executionId}. Wait for it or stop it. ` +
        `If you know that it has ended: bucketsync unlock s3://${input.destination}/ --report-location ${mirror.runsFolder}`,
    );
  });
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it('lets a plan and a run to a folder that does not overlap go on beside it', async () => {
  const input = createPair();
  const site = { ...input, destinationPrefix: 'site' };
  const first = await runDuring(site, async () => {
    expect(await mirror.run({ ...site, dryRun: true })).toMatchObject({ status: 'succeeded' });
    const elsewhere = { ...input, destinationPrefix: 'site-elsewhere' };
    expect(await mirror.run(elsewhere)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
    expect(holdersOf(destinationOf(input))).toMatchObject([{ folder: 'site/' }]);
  });
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it.each<[first: string, second: string]>([
  ['', 'site'],
  ['site', ''],
  ['site', 'site/deeper'],
  ['site/deeper', 'site'],
])('rejects a run to a folder around or inside the folder of another run: %j and %j', async (one, other) => {
  const input = createPair();
  await runDuring({ ...input, destinationPrefix: one }, async () => {
    for (const reports of [mirror.reportLocation, pathToFileURL(temporaryFolder()).href]) {
      const options = { host: { runStore: openRunStore(reports) } };
      const second = await mirror.run({ ...input, destinationPrefix: other }, options);
      expect(second).toMatchObject({ status: 'failed', phases: [], error: { name: 'AlreadyRunningError' } });
    }
  });
});

it('sees only runs with the same reports if its lock is beside them, and no run if it has no lock', async () => {
  const input = createPair();
  const elsewhere = { runStore: openRunStore(pathToFileURL(temporaryFolder()).href) };
  await runDuring({ ...input, lock: 'reports' }, async () => {
    expect(lockText(mirror.s3.bucket(input.destination))).toBeUndefined();
    const second = { ...input, lock: 'reports' };
    expect(await mirror.run(second)).toMatchObject({ error: { name: 'AlreadyRunningError' } });
    expect(await mirror.run(second, { host: elsewhere })).toMatchObject({ status: 'succeeded' });
    expect(await mirror.run({ ...input, lock: 'none' })).toMatchObject({ status: 'succeeded' });
  });
});

it.each<[how: string, options: MirrorOptions, input: object]>([
  ['succeeded', {}, {}],
  ['was stopped', { host: { signal: AbortSignal.abort() } }, {}],
  ['was guarded', {}, { maxDeletes: 0 }],
])('releases the lock of a run that %s', async (_how, options, more) => {
  const input = createPair();
  mirror.s3.bucket(input.destination).put('orphan', 'x');
  const records = () => openRunStore(mirror.reportLocation).list('locks/runs/');
  const before = await records();
  await mirror.run({ ...input, ...more }, options);
  expect(lockText(mirror.s3.bucket(input.destination))).toBeUndefined();
  expect(await records()).toEqual(before);
});

it('takes over the lock of a process that has ended, even if its id is in use again', async () => {
  const own = (await identifyProcess()) as ProcessIdentity;
  const endedProcess = 2 ** 22 + 1; // beyond the largest id that Linux gives
  for (const process of [
    { ...own, processId: endedProcess },
    { ...own, startTime: '1' },
  ]) {
    const input = createPair();
    await holdLock(destinationOf(input), { executionId: 'local:here:1:x', process }, reportLocation);
    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
  }
});

it.each<[what: string, identity: (own: ProcessIdentity) => ProcessIdentity | undefined]>([
  ['a process that runs', (own) => own],
  ['another machine of the same name, or this one before it was started again', (own) => ({ ...own, boot: 'other' })],
  ['another PID namespace, as that of a container', (own) => ({ ...own, namespaces: 'pid:[1]' })],
  ['another time namespace, in which start times differ', (own) => ({ ...own, namespaces: `${own.namespaces}x` })],
  ['a system that does not tell its processes apart', () => undefined],
])('does not take over the lock of %s', async (_what, identity) => {
  const input = createPair();
  const own = (await identifyProcess()) as ProcessIdentity;
  // as far as numbers go it has ended
  const process = identity(own) === own ? own : identity({ ...own, processId: 2 ** 22 + 1 });
  const executionId = `local:${hostname()}:${2 ** 22 + 1}:x`;
  await holdLock(destinationOf(input), { executionId, ...(process && { process }) }, reportLocation);

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain(`bucketsync unlock s3://${input.destination}/`);
  expect(holdersOf(destinationOf(input))).toHaveLength(1);
});

it('takes over the lock of any run whose lease is over by the clock of S3, and waits first', async () => {
  const waits: number[] = [];
  const host = { wait: async (milliseconds: number) => void waits.push(milliseconds) };
  const input = createPair();
  const leased = newHolder({ leaseMs: 300_000 });
  const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
  putHolders(destinationOf(input), [leased], ago(280));
  expect(await mirror.run(input, { host })).toMatchObject({ error: { name: 'AlreadyRunningError' } });
  expect(waits).toEqual([]);

  putHolders(destinationOf(input), [leased], ago(330));
  expect(await mirror.run(input, { host })).toMatchObject({ status: 'succeeded' });
  expect(waits).toEqual([15_000]);
});

it('takes over the lock of a run that has recorded its end, once its functions must have noticed', async () => {
  const host = { wait: async () => {} };
  const input = createPair();
  putHolders(destinationOf(input), [newHolder({ ended: true })], new Date());
  expect(await mirror.run(input, { host })).toMatchObject({ error: { name: 'AlreadyRunningError' } });

  putHolders(destinationOf(input), [newHolder({ ended: true })], new Date(Date.now() - 20_000));
  expect(await mirror.run(input, { host })).toMatchObject({ status: 'succeeded' });
});

it('is not taken over from an execution that nobody may ask about, and says so', async () => {
  const input = createPair();
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:AnotherStack:x';
  await holdLock(destinationOf(input), { executionId }, reportLocation);
  const denied = Object.assign(new Error('no states:DescribeExecution'), { name: 'AccessDeniedException' });

  const summary = await mirror.run(input, { host: { isRunning: () => Promise.reject(denied) } });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
  expect(summary.error?.message).toContain('(AccessDeniedException: no states:DescribeExecution)');
  expect(summary.error?.message).toContain(`bucketsync unlock s3://${input.destination}/`);
});

it.each([
  '',
  '{}',
  'null',
  '{"holders":[null]}',
  '{"holders":[{"id":"../../runs/x","folder":"","startedAt":"once"}]}',
  '{"holders":[{"id":"11111111-1111-1111-1111-111111111111","folder":1,"startedAt":"once"}]}',
])('is not taken over if it cannot be read, and the error says so: %j', async (content) => {
  const input = createPair();
  destinationOf(input).put(LOCK_KEY, content);

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain(`The lock s3://${input.destination}/${LOCK_KEY} cannot be read`);
  expect(error?.message).toContain(`--report-location ${mirror.runsFolder} --force`);
});

it.each<[error: string, waits: number[]]>([
  ['ListingError', []],
  ['Lambda.Unknown', [15_000]],
  ['States.Timeout', [15_000]],
])('is released once functions have noticed, if a run in AWS ends with %s', async (name, expected) => {
  const input = createPair();
  const waits: number[] = [];

  const summary = await mirror.run(input, {
    host: { wait: async (milliseconds) => void waits.push(milliseconds) },
    around: async (task, taskInput, invoke) => {
      if (task === 'CopyRange') throw Object.assign(new Error('of the test'), { name });
      const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:x';
      if (task === 'ValidateInput') Object.assign(taskInput as object, { executionId });
      return invoke();
    },
  });

  expect(summary).toMatchObject({ status: 'failed', error: { name: name.replace('States.', '') } });
  expect(waits).toEqual(expected);
  expect(lockText(destinationOf(input))).toBeUndefined();
});

it.each<[where: string, errorOf: (task: string, input: { index?: number; share?: RangeShare }) => string | undefined]>([
  ['loop', (task) => ({ CopyRange: 'ListingError', DeleteRange: 'States.Timeout' })[task]],
  [
    'range',
    (task, { index = 0, share }) => {
      if (task !== 'CopyRange' || (share?.ranges ?? 0) < 2) return undefined;
      return index === 0 ? 'ListingError' : 'States.Timeout';
    },
  ],
])('is kept for as long if another %s failed by an error of bucketsync', async (_where, errorOf) => {
  const input = createPair();
  for (let index = 0; index < 60; index++) mirror.s3.bucket(input.source).put(`k${index}`, 'x', { lastModified: past });
  const waits: number[] = [];

  const summary = await mirror.run(input, {
    pageSize: 5,
    host: { ...roundsOf(1), wait: async (milliseconds) => void waits.push(milliseconds) },
    around: async (task, taskInput, invoke) => {
      const name = errorOf(task, taskInput as object);
      if (name) throw Object.assign(new Error('of the test'), { name });
      const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:x';
      if (task === 'ValidateInput') Object.assign(taskInput as object, { executionId });
      return invoke();
    },
  });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'Timeout' } });
  expect(waits).toEqual([15_000]);
});
