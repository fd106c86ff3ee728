import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RangeShare } from '../../statemachine/contract';
import { type MirrorOptions, past, useMirror } from '../support/mirror';

const mirror = useMirror();

function createPair() {
  const { source, input } = mirror.createPair();
  source.put('a', 'x', { lastModified: past });
  return input;
}

const locks = (destination: string) => join(mirror.runsFolder, 'locks', destination);

/** Since when, and who. */
function holderOf(destination: string): readonly [string, string] {
  const [name = ''] = readdirSync(locks(destination));
  const { startedAt, executionId } = JSON.parse(readFileSync(join(locks(destination), name), 'utf8'));
  return [startedAt, executionId];
}

/** Runs `second` while a first run of `input` is at its first copy. */
async function runDuring(input: { source: string; destination: string }, second: () => Promise<unknown>) {
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

/** Where runs of `input` keep their lock, learned from one of them, which has ended since. */
async function findLockFile(input: { source: string; destination: string }): Promise<string> {
  let lock = '';
  await runDuring(input, async () => {
    lock = join(locks(input.destination), readdirSync(locks(input.destination))[0] ?? '');
  });
  return lock;
}

it('refuses a second run to the same destination folder, and lets the first one finish', async () => {
  const input = createPair();
  const first = await runDuring(input, async () => {
    const second = await mirror.run(input);
    expect(second).toMatchObject({ status: 'failed', phases: [], error: { name: 'AlreadyRunningError' } });
    const [since, holder] = holderOf(input.destination);
    expect(second.error?.message).toBe(
      `Another run has been writing to s3://${input.destination}/ since ${since}: ${holder}. Wait for it or stop it. ` +
        `If you know that it has ended: bucketsync unlock s3://${input.destination}/ --report-location ${mirror.runsFolder}`,
    );
  });
  expect(first).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it('lets a plan and a run to another folder go on beside it', async () => {
  const input = createPair();
  await runDuring(input, async () => {
    expect(await mirror.run({ ...input, dryRun: true })).toMatchObject({ status: 'succeeded' });
    const elsewhere = { ...input, destinationPrefix: 'elsewhere' };
    expect(await mirror.run(elsewhere)).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  });
});

it.each<[how: string, options: MirrorOptions, input: object]>([
  ['succeeded', {}, {}],
  ['was stopped', { host: { signal: AbortSignal.abort() } }, {}],
  ['was guarded', {}, { maxDeletes: 0 }],
])('releases the lock of a run that %s', async (_how, options, more) => {
  const input = createPair();
  mirror.s3.bucket(input.destination).put('orphan', 'x');
  await mirror.run({ ...input, ...more }, options);
  expect(readdirSync(locks(input.destination))).toEqual([]);
});

it('takes over the lock of a process that has ended', async () => {
  const input = createPair();
  const lock = await findLockFile(input);
  const endedProcess = 2 ** 22 + 1; // beyond the largest id that Linux gives
  mkdirSync(locks(input.destination), { recursive: true });
  writeFileSync(lock, JSON.stringify({ executionId: `local:${hostname()}:${endedProcess}:x`, startedAt: 'once' }));

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });

  writeFileSync(lock, JSON.stringify({ executionId: 'local:another-host:1:x', startedAt: 'once' }));
  expect(await mirror.run(input)).toMatchObject({ error: { name: 'AlreadyRunningError' } });
});

it('is not taken over from an execution that nobody may ask about, and says so', async () => {
  const input = createPair();
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:AnotherStack:x';
  const lock = await findLockFile(input);
  writeFileSync(lock, JSON.stringify({ executionId, startedAt: 'once' }));
  const denied = Object.assign(new Error('no states:DescribeExecution'), { name: 'AccessDeniedException' });

  const summary = await mirror.run(input, { host: { isRunning: () => Promise.reject(denied) } });

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
  expect(summary.error?.message).toContain('(AccessDeniedException: no states:DescribeExecution)');
  expect(summary.error?.message).toContain(`bucketsync unlock s3://${input.destination}/`);
});

it.each(['', '{}', 'null'])('is not taken over where it cannot be read, and says so: %j', async (content) => {
  const input = createPair();
  const lock = await findLockFile(input);
  writeFileSync(lock, content);

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain(`The lock ${lock} cannot be read`);
  expect(error?.message).toContain(`--report-location ${mirror.runsFolder} --force`);
});

it('does not wait for ever for a take-over that somebody was killed in the middle of', async () => {
  const input = createPair();
  const lock = await findLockFile(input);
  const dead = JSON.stringify({ executionId: `local:${hostname()}:${2 ** 22 + 1}:x`, startedAt: 'once' });
  writeFileSync(lock, dead);
  writeFileSync(`${lock}.${createHash('sha256').update(dead).digest('hex')}`, '');

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', error: { name: 'AlreadyRunningError' } });
  expect(summary.error?.message).toContain(`bucketsync unlock s3://${input.destination}/`);
});

it.each<[error: string, waits: number[]]>([
  ['ListingError', []],
  ['Lambda.Unknown', [15_000]],
  ['States.Timeout', [15_000]],
])('is given back once functions have noticed, where a run in AWS ends with %s', async (name, expected) => {
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
  expect(readdirSync(locks(input.destination))).toEqual([]);
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
])('is kept for as long where another %s failed by an error of ours', async (_where, errorOf) => {
  const input = createPair();
  for (let index = 0; index < 60; index++) mirror.s3.bucket(input.source).put(`k${index}`, 'x', { lastModified: past });
  const waits: number[] = [];

  const summary = await mirror.run(input, {
    pageSize: 5,
    host: { roundBudgetsMs: [1], wait: async (milliseconds) => void waits.push(milliseconds) },
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
