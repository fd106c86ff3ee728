import { renewLock, takeLock } from '../../../lambdas/engine/lock/run-lock';
import type { LockStore } from '../../../lambdas/engine/ports/lock-store';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { useMirror } from '../../support/mirror';
import { temporaryFolder } from '../../support/temporary-folder';
import { lockPlaces, useLockUsers } from './lock-users';

const mirror = useMirror();
const folder = temporaryFolder();

const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync';
const S = 1000;

describe.each(lockPlaces(folder))('a lock in %s that a local run must renew', (_where, lock, location) => {
  const { waits, host, newDestination, holdersOf, storeOf, take, runOf } = useLockUsers(mirror, lock, location);

  /** The store, `ahead` milliseconds later by its own clock. */
  const later = (destination: string, ahead: number): LockStore => {
    const store = storeOf(destination);
    const read = async () => {
      const stored = await store.read();
      return stored && { ...stored, now: (stored.now ?? 0) + ahead };
    };
    return { ...bound(store), read };
  };
  const bound = (store: LockStore): LockStore => ({
    place: store.place,
    read: () => store.read(),
    write: (body, over) => store.write(body, over),
    remove: (version) => store.remove(version),
    discard: () => store.discard(),
    requireConditions: (body) => store.requireConditions(body),
  });
  const takeLater = (destination: string, executionId: string, ahead: number) => {
    const ofDestination = { openLock: () => later(destination, ahead) };
    const { runStore } = host();
    const get: typeof runStore.get = async (name) => {
      const found = await openRunStore(location).get(name);
      return found && { ...found, now: (found.now ?? 0) + ahead };
    };
    return takeLock(
      runOf(destination, executionId),
      host({ ...ofDestination, runStore: Object.assign(runStore, { get }) }),
    );
  };

  it('can be taken over once it is five minutes old by the clock of its store, after a wait for its threads', async () => {
    const destination = newDestination();
    await take(destination, 'local:a:1:x');
    await expect(takeLater(destination, 'b', 200 * S)).rejects.toMatchObject({ name: 'AlreadyRunningError' });
    expect(waits).toEqual([]);

    await takeLater(destination, 'b', 330 * S);

    expect(waits).toEqual([15 * S]);
  });

  it('is not taken over if runs of other folders have written to it since, although it has not been renewed', async () => {
    const destination = newDestination();
    const id = (await take(destination, 'local:a:1:x', 'a')) as string;
    const [before] = (await holdersOf(destination)) ?? [];
    expect(before?.writtenAt).toBeUndefined();
    await take(destination, 'local:b:1:x', 'b');
    const [after] = (await holdersOf(destination)) ?? [];
    expect(after).toMatchObject({ id, writtenAt: expect.any(Number) });

    await renewLock(id, storeOf(destination));

    const renewed = (await holdersOf(destination))?.find((holder) => holder.id === id);
    expect(renewed).toMatchObject({ folder: 'a/', leaseMs: 300 * S });
    expect(renewed?.writtenAt).toBeUndefined();
    expect(await holdersOf(destination)).toHaveLength(2);
  });

  it('is never taken over from an execution in AWS because of its age', async () => {
    const destination = newDestination();
    await take(destination, `${ARN}:old`);
    await expect(takeLater(destination, 'b', 86_400 * S)).rejects.toMatchObject({ name: 'AlreadyRunningError' });
  });

  it('is not renewed by a run that has lost it', async () => {
    const destination = newDestination();
    const id = (await take(destination, 'local:a:1:x')) as string;
    await takeLater(destination, 'b', 330 * S);
    expect(await renewLock(id, storeOf(destination))).toBe(false);
    expect(await holdersOf(destination)).toHaveLength(1);
  });
});
