import { pathToFileURL } from 'node:url';
import { readLock } from '../../../lambdas/engine/lock/lock-document';
import type { LockingRun } from '../../../lambdas/engine/lock/lock-judge';
import { lockStoreOf, releaseLock, takeLock } from '../../../lambdas/engine/lock/run-lock';
import type { Host } from '../../../lambdas/engine/ports/host';
import type { LockStore } from '../../../lambdas/engine/ports/lock-store';
import { S3LockStore } from '../../../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { Run } from '../../../statemachine/contract';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import type { Mirror } from '../../support/mirror';

/** Where a lock may be: what `lock` says, and where the reports are. */
export const lockPlaces = (folder: string) =>
  [
    ['the destination', 'destination', pathToFileURL(folder).href],
    ['a report folder', 'reports', pathToFileURL(folder).href],
    ['a report bucket', 'reports', 's3://a-lock-bucket'],
  ] as const;

/** Runs that take and release the lock at one of these places, and how that goes on a clock that waits for nobody. */
export function useLockUsers(mirror: Mirror, lock: 'destination' | 'reports', location: string) {
  /** Executions that have ended. */
  const dead = new Set<string>();
  const waits: number[] = [];
  let destinations = 0;

  beforeAll(() => {
    mirror.s3.createBucket('a-lock-bucket');
  });
  beforeEach(() => waits.splice(0));

  function host(more: Partial<Host> = {}): Host {
    return {
      runStore: openRunStore(location),
      openLock: (place: ConstructorParameters<typeof S3LockStore>[0]) => new S3LockStore(place),
      isRunning: async (executionId: string) => !dead.has(executionId),
      identifyProcess: async () => undefined,
      wait: async (milliseconds: number) => void waits.push(milliseconds),
      signal: new AbortController().signal,
      ...more,
    } as Partial<Host> as Host;
  }

  /** A bucket that no other test locks. */
  function newDestination(): string {
    destinations += 1;
    const name = `locked-${lock}-${location.startsWith('s3:')}-${destinations}`;
    mirror.s3.createBucket(name);
    return name;
  }

  function runOf(destination: string, executionId: string, destinationPrefix = ''): LockingRun {
    const input = parseSyncInput({ source: 'any-source', destination, destinationPrefix, lock });
    return { executionId, startedAt: '2026-01-01T00:00:00Z', input, destinationRegion: 'us-east-1' };
  }

  const storeOf = (destination: string) => lockStoreOf(runOf(destination, 'x'), host()) as LockStore;
  const holdersOf = async (destination: string) => (await readLock(storeOf(destination))).holders;
  const take = (destination: string, executionId: string, prefix?: string) =>
    takeLock(runOf(destination, executionId, prefix), host());
  const release = (
    destination: string,
    executionId: string,
    lockId: string | undefined,
    brokeOff = false,
    of = host(),
  ) => releaseLock({ ...runOf(destination, executionId), lockId } as Run, of, brokeOff);

  return { dead, waits, host, newDestination, runOf, storeOf, holdersOf, take, release };
}
