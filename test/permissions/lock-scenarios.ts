import type { SyncRequest } from '../../statemachine/contract';
import { holdLock, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { type Mirror, type MirrorOptions, past } from '../support/mirror';
import { createPair, expectError, expectSuccess, type Scenario } from './scenario';

/** What runs do with the lock. */
export const LOCK_SCENARIOS: readonly Scenario[] = [
  breakOffInAws,
  takeLockOver,
  findLockTaken,
  findLockGone,
  loseLock,
  findNoConditions,
  lockBesideReports,
];

/** PutObject on the lock: functions of the run may be at work yet, so FinishRun says in it that the run has ended. */
async function breakOffInAws(mirror: Mirror, more: Partial<SyncRequest> = {}): Promise<void> {
  const { input } = createPair(mirror);
  await mirror.run(
    { ...input, ...more },
    {
      host: { wait: async () => {} },
      around: (task, taskInput, invoke) => {
        if (task === 'CopyRange') throw Object.assign(new Error('no answer'), { name: 'Lambda.Unknown' });
        const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:failed';
        if (task === 'ValidateInput') Object.assign(taskInput as object, { executionId });
        return invoke();
      },
    },
  );
}

/** DescribeExecution, and PutObject with If-Match on the lock: its execution has ended meanwhile. */
async function takeLockOver(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:gone';
  await holdLock(destination, { executionId }, 's3://reports');
  expectSuccess(await mirror.run(input, { host: { wait: async () => {} } }));
}

/** DeleteObject on what the reports say of the lock: the run is refused. ListBucket there: of the other run they say nothing. */
async function findLockTaken(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  putHolders(destination, [newHolder()]);
  expectError('AlreadyRunningError', await mirror.run(input));
}

/** ListBucket on the destination: without it, a lock that was given back at this very moment would be a 403. */
async function findLockGone(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (key !== LOCK_KEY) return undefined;
    if (operation === 'PutObject') putHolders(destination, []);
    if (operation !== 'GetObject') return undefined;
    destination.remove(LOCK_KEY);
    mirror.s3.onRequest = undefined;
    return undefined;
  };
  expectSuccess(await mirror.run(input));
}

/** ListBucket on the destination, of the range Tasks and FinishRun: somebody removes the lock of a run at work. */
async function loseLock(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  destination.put('orphan', 'x');
  const around: MirrorOptions['around'] = async (task, _input, invoke) => {
    const result = await invoke();
    if (task === 'ValidateInput') destination.remove(LOCK_KEY);
    return result;
  };
  expectError('InterruptedError', await mirror.run(input, { around }));
}

/** DeleteObject on the lock, of ValidateInput: the S3 heeds no conditions, so what was written for a try is taken away. */
async function findNoConditions(mirror: Mirror): Promise<void> {
  const { source, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ key, headers }) => {
    if (key === LOCK_KEY) delete headers['if-none-match'];
    return undefined;
  };
  expectError('LockUnsupportedError', await mirror.run(input));
}

/** GetObject, PutObject and DeleteObject on a lock beside the reports, of a run that loses it and of one that breaks off. */
async function lockBesideReports(mirror: Mirror): Promise<void> {
  const { source, destination, input } = createPair(mirror);
  source.put('object', 'x', { lastModified: past });
  destination.put('orphan', 'x');
  expectSuccess(await mirror.run({ ...input, lock: 'reports' }));
  await breakOffInAws(mirror, { lock: 'reports' });
}
