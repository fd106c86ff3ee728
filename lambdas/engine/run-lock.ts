import { createHash } from 'node:crypto';
import type { SyncInput } from '../../statemachine/contract';
import { AlreadyRunningError } from '../../statemachine/errors';
import type { Host } from './host';

/** The folder of all locks in the run store. */
export const LOCKS_FOLDER = 'locks/';

interface Lock {
  readonly executionId: string;
  readonly startedAt: string;
}

/** Others may take or release it between two requests; past this many tries, something else is wrong with it. */
const TRIES = 20;

/**
 * Takes the lock of a destination folder: one run at a time may write there. A lock whose execution has ended is taken
 * over; to take one's own again is fine, since a Task may be retried.
 *
 * @throws AlreadyRunningError
 */
export async function takeLock(input: SyncInput, lock: Lock, host: Host, tries = TRIES): Promise<void> {
  const name = lockName(input);
  const body = JSON.stringify(lock);
  if (await host.runStore.putIfAbsent(name, body)) return;
  const found = await host.runStore.get(name);
  if (!found && tries > 0) return takeLock(input, lock, host, tries - 1);
  if (!found) throw new Error(`Could neither take nor read the lock ${host.runStore.locate(name)}`);
  const holder = JSON.parse(found.body.toString('utf8')) as Lock;
  if (holder.executionId === lock.executionId) return;
  if (tries === 0 || (await host.isRunning(holder.executionId))) {
    throw alreadyRunning(input, holder, host.runStore.locate(name));
  }
  if (!(await host.runStore.replace(name, body, found.version))) return takeLock(input, lock, host, tries - 1);
}

/** Gives the lock back, if it is this execution's. */
export async function releaseLock(input: SyncInput, executionId: string, host: Host): Promise<void> {
  const name = lockName(input);
  const found = await host.runStore.get(name);
  if (!found) return;
  const holder = JSON.parse(found.body.toString('utf8')) as Lock;
  if (holder.executionId === executionId) await host.runStore.delete(name);
}

function lockName({ destination, destinationPrefix }: SyncInput): string {
  const folder = createHash('sha256').update(destinationPrefix).digest('hex').slice(0, 16);
  return `${LOCKS_FOLDER}${destination}/${folder}.json`;
}

function alreadyRunning(
  { destination, destinationPrefix }: SyncInput,
  holder: Lock,
  lock: string,
): AlreadyRunningError {
  return new AlreadyRunningError(
    `Another run has been writing to s3://${destination}/${destinationPrefix} since ${holder.startedAt}: ` +
      `${holder.executionId}. Wait for it or stop it; its lock is ${lock}`,
  );
}
