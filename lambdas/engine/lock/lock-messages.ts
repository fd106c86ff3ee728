import { AlreadyRunningError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type { RunStore } from '../ports/run-store';
import type { Holder } from './lock-document';
import type { LockRecord } from './lock-record';

/** The folder that a lock protects: only one run at a time writes there. */
export interface LockedFolder {
  readonly destination: string;
  readonly destinationPrefix: string;
}

/** Another run that holds the lock, and what is known about that run. */
interface OtherRun {
  readonly holder: Holder;
  readonly record?: LockRecord;
  /** The error that came when its execution was asked for. */
  readonly doubt?: unknown;
}

export function alreadyRunning(
  { destination, destinationPrefix }: LockedFolder,
  { holder, record, doubt }: OtherRun,
  runStore: RunStore,
): AlreadyRunningError {
  const theirs = { destination, destinationPrefix: holder.folder };
  const inside =
    holder.folder === destinationPrefix ? '' : `, which overlaps ${formatFolder({ destination, destinationPrefix })},`;
  return new AlreadyRunningError(
    `Another run has been writing to ${formatFolder(theirs)}${inside} since ${holder.startedAt}: ${record?.executionId ?? STRANGER}. ` +
      `${describeDoubt(doubt)}Wait for it or stop it. If you know that it has ended: ${unlocking(theirs, runStore)}`,
    { cause: doubt },
  );
}

const STRANGER = 'one that keeps its reports elsewhere, so nothing more is known about it here';

export function unreadable(folder: LockedFolder, place: string, runStore: RunStore): AlreadyRunningError {
  return new AlreadyRunningError(
    `The lock ${place} cannot be read, so another run may be writing to ${formatFolder(folder)}. ` +
      `If you know that none is: ${unlocking(folder, runStore)} --force`,
  );
}

export function contested(place: string, tries: number): AlreadyRunningError {
  return new AlreadyRunningError(
    `Could not take the lock ${place}: ${tries} writes were refused, each because somebody else had changed it. Start again in a ` +
      'minute. If it ends alike and no other run is there, this S3 refuses every write that has a condition: add --no-lock (`lock: "none"`)',
  );
}

export function crowded(folder: LockedFolder, place: string, most: number, runStore: RunStore): AlreadyRunningError {
  return new AlreadyRunningError(
    `The lock ${place} has more than ${most} entries of runs that write to ${formatFolder(folder)} or a folder in it, and which do ` +
      `not say themselves that they are over: no run has time to ask about all of them. Remove those of runs that have ended: ` +
      unlocking(folder, runStore),
  );
}

export function formatFolder({ destination, destinationPrefix }: LockedFolder): string {
  return formatS3Url(destination, destinationPrefix);
}

function unlocking(folder: LockedFolder, runStore: RunStore): string {
  const reports = runStore.locate('').replace(/\/$/, '');
  return `bucketsync unlock ${quoted(formatFolder(folder))} --report-location ${quoted(reports)}`;
}

function describeDoubt(doubt: unknown): string {
  return doubt instanceof Error ? `Whether it has ended could not be asked (${doubt.name}: ${doubt.message}). ` : '';
}

/** Quotes an argument for a shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
