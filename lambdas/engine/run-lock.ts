import { createHash } from 'node:crypto';
import type { SyncInput } from '../../statemachine/contract';
import { AlreadyRunningError } from '../../statemachine/errors';
import type { Host } from './host';
import type { RunStore } from './run-store';

/** The folder of all locks in the run store. */
export const LOCKS_FOLDER = 'locks/';

/** How long it is enough for a run to have seen that the lock is its own. */
export const LOCK_GOOD_FOR_MS = 10_000;

interface Lock {
  /** ARN of the execution that holds it, or the local runner's equivalent. */
  readonly executionId: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** From an execution in AWS, whose functions may not have noticed yet. */
  readonly takenOver?: boolean;
  /** The run writes no more, but functions of it may not have noticed yet. */
  readonly ended?: boolean;
}

/** What a lock protects: one run at a time writes there. */
export interface LockedFolder {
  readonly destination: string;
  readonly destinationPrefix: string;
}

/** A lock as it is found. */
export interface FoundLock {
  /** Where it is, for people. */
  readonly place: string;
  /** undefined where what is there cannot be read. */
  readonly holder: Lock | undefined;
  /** Says in the lock that its run has ended, unless it has changed hands since it was found; returns whether it did. */
  end(): Promise<boolean>;
  /** Deletes the lock unless it has changed hands since it was found; returns whether it did. */
  remove(): Promise<boolean>;
}

/**
 * Functions of an execution in AWS that was stopped or broke off may still be at work, until they look at the lock again; see
 * `LockFence`. Some seconds more than that, for the requests that they have sent by then.
 */
const FORMER_RUN_MS = LOCK_GOOD_FOR_MS + 5_000;

/** Others may take or release it between two requests; past this many tries, something else is wrong with it. */
const TRIES = 20;

/**
 * Takes the lock of a destination folder: one run at a time may write there. A lock whose execution has ended is taken
 * over, once its functions have had time to notice; to take one's own again is fine, since a Task may be retried.
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
  const holder = readHolder(found.body);
  if (!holder) throw unreadable(input, host.runStore);
  // Its own, be it that an answer was lost, or that the Task was: how long the others have had since is not known.
  if (holder.executionId === lock.executionId) return holder.takenOver ? host.wait(FORMER_RUN_MS) : undefined;
  if (tries === 0 || (await mayRun(input, holder, host))) throw alreadyRunning(input, holder, host.runStore);
  // A process of this machine is gone with all that it did.
  const takenOver = holder.takenOver || holder.executionId.startsWith('arn:');
  const taken = JSON.stringify({ ...lock, ...(takenOver && { takenOver }) } satisfies Lock);
  if (!(await host.runStore.replace(name, taken, found.version))) return takeLock(input, lock, host, tries - 1);
  if (takenOver) await host.wait(FORMER_RUN_MS);
}

/** Who may not ask whether an execution runs, such as one of another state machine, must not take its lock. */
async function mayRun(input: SyncInput, holder: Lock, { isRunning, runStore }: Host): Promise<boolean> {
  try {
    return await isRunning(holder.executionId);
  } catch (error) {
    throw alreadyRunning(input, holder, runStore, error);
  }
}

/** Finds the lock of a folder, for those who come to see why nothing runs there. */
export async function findLock(folder: LockedFolder, runStore: RunStore): Promise<FoundLock | undefined> {
  const name = lockName(folder);
  const found = await runStore.get(name);
  if (!found) return undefined;
  const holder = readHolder(found.body);
  return {
    place: runStore.locate(name),
    holder,
    end: () => runStore.replace(name, JSON.stringify({ ...holder, ended: true }), found.version),
    remove: () => runStore.deleteVersion(name, found.version),
  };
}

function readHolder(body: Buffer): Lock | undefined {
  try {
    const lock = JSON.parse(body.toString('utf8')) as Partial<Lock>;
    return lock.executionId && lock.startedAt ? (lock as Lock) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Gives the lock back, if it is this execution's; whoever takes it over at this very moment keeps it.
 *
 * @param brokeOff  functions of an execution in AWS may be at work yet: then the lock is kept until they have noticed
 */
export async function releaseLock(input: SyncInput, executionId: string, host: Host, brokeOff: boolean): Promise<void> {
  const found = await findLock(input, host.runStore);
  if (found?.holder?.executionId !== executionId) return;
  if (!brokeOff || !executionId.startsWith('arn:')) {
    await found.remove();
    return;
  }
  await found.end();
  await host.wait(FORMER_RUN_MS);
  await releaseLock(input, executionId, host, false);
}

function lockName({ destination, destinationPrefix }: LockedFolder): string {
  const folder = createHash('sha256').update(destinationPrefix).digest('hex').slice(0, 16);
  return `${LOCKS_FOLDER}${destination}/${folder}.json`;
}

function alreadyRunning(input: SyncInput, holder: Lock, runStore: RunStore, unanswered?: unknown): AlreadyRunningError {
  return new AlreadyRunningError(
    `Another run has been writing to ${locate(input)} since ${holder.startedAt}: ${holder.executionId}. ` +
      `${describeDoubt(unanswered)}Wait for it or stop it. If you know that it has ended: ${unlocking(input, runStore)}`,
    { cause: unanswered },
  );
}

/** Such as a file that a power failure has left empty. */
function unreadable(input: SyncInput, runStore: RunStore): AlreadyRunningError {
  return new AlreadyRunningError(
    `The lock ${runStore.locate(lockName(input))} cannot be read, so another run may be writing to ${locate(input)}. ` +
      `If you know that none is: ${unlocking(input, runStore)} --force`,
  );
}

function locate({ destination, destinationPrefix }: LockedFolder): string {
  return `s3://${destination}/${destinationPrefix}`;
}

function unlocking(folder: LockedFolder, runStore: RunStore): string {
  const reports = runStore.locate('').replace(/\/$/, '');
  return `bucketsync unlock ${quoted(locate(folder))} --report-location ${quoted(reports)}`;
}

function describeDoubt(unanswered: unknown): string {
  return unanswered instanceof Error
    ? `Whether it has ended could not be asked (${unanswered.name}: ${unanswered.message}). `
    : '';
}

/** As a shell takes it. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
