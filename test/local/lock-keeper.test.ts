import { takeLock } from '../../lambdas/engine/lock/run-lock';
import type { Host } from '../../lambdas/engine/ports/host';
import { S3LockStore } from '../../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../../lambdas/host/run-store/open-run-store';
import { LockKeeper } from '../../local/lock-keeper';
import type { Run } from '../../statemachine/contract';
import { parseSyncInput } from '../../statemachine/input/parse-sync-input';
import { holdersOf, LOCK_KEY, newHolder, putHolders } from '../support/lock-object';
import { useMirror } from '../support/mirror';

const mirror = useMirror();

it('renews the entry of a run, and stops once the entry is gone', async () => {
  // Given
  const { destination, input } = mirror.createPair();
  const asked = {
    executionId: 'local:here:1:x',
    startedAt: '2026-01-01T00:00:00Z',
    input: parseSyncInput({ ...input, destinationPrefix: 'site' }),
    destinationRegion: 'us-east-1',
  };
  const host = {
    runStore: openRunStore(mirror.reportLocation),
    openLock: (place: ConstructorParameters<typeof S3LockStore>[0]) => new S3LockStore(place),
    identifyProcess: async () => undefined,
    signal: new AbortController().signal,
  } as Partial<Host> as Host;
  const lockId = await takeLock(asked, host);
  const other = newHolder({ folder: 'other/' });
  putHolders(destination, [
    { ...other, writtenAt: 1 },
    ...holdersOf(destination).map((own) => ({ ...own, writtenAt: 1 })),
  ]);
  const renewedTwice = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  let writes = 0;
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (key !== LOCK_KEY) return undefined;
    if (operation === 'PutObject' && ++writes === 2) renewedTwice.resolve();
    if (operation === 'GetObject' && holdersOf(destination).every(({ id }) => id !== lockId)) gone.resolve();
    return undefined;
  };

  // When
  const keeper = new LockKeeper(process.env, 1);
  keeper.keep({ ...asked, lockId } as Run);

  // Then
  await renewedTwice.promise;
  const [kept, own] = holdersOf(destination);
  expect(kept).toEqual({ ...other, writtenAt: 1 });
  expect(own).toEqual({ id: lockId, folder: 'site/', startedAt: asked.startedAt, leaseMs: 300_000 });
  putHolders(destination, [other]);
  await gone.promise;
  await keeper.stop();
  expect(holdersOf(destination)).toEqual([other]);
});
