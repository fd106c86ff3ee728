import { AlreadyRunningError, HeldError } from '../../../statemachine/errors';
import { formatS3Url } from '../../../wording/s3-url';
import type { RunStore } from '../ports/run-store';
import type { HoldRecord } from './hold-record';
import type { Hold, Holder } from './lock-document';
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

const STRANGER = 'a run that keeps its reports elsewhere, so nothing more is known about it';

export function unreadable(folder: LockedFolder, place: string, runStore: RunStore): AlreadyRunningError {
  return new AlreadyRunningError(
    `The lock ${place} cannot be read, so another run may be writing to ${formatFolder(folder)}. ` +
      `If you know that no run is writing there: ${unlocking(folder, runStore)} --force`,
  );
}

export function contested(place: string, tries: number): AlreadyRunningError {
  return new AlreadyRunningError(
    `Could not take the lock ${place}: S3 rejected ${tries} writes, each because somebody else had changed the lock. Start again in a ` +
      'minute. If the error comes back and no other run is there, this S3 rejects every conditional write: add --no-lock (`lock: "none"`)',
  );
}

export function crowded(folder: LockedFolder, place: string, most: number, runStore: RunStore): AlreadyRunningError {
  return new AlreadyRunningError(
    `The lock ${place} has more than ${most} entries of runs to ${formatFolder(folder)} or folders in it that have not ` +
      `recorded their end. A run has no time to ask about all of them. Remove the entries of runs that have ended:  ` +
      unlocking(folder, runStore),
  );
}

/** @param record  why; absent: the hold was put with another report location */
export function held(
  { destination, destinationPrefix }: LockedFolder,
  { hold, record }: { readonly hold: Hold; readonly record: HoldRecord | undefined },
  runStore: RunStore,
): HeldError {
  const theirs = { destination, destinationPrefix: hold.folder };
  const place = formatFolder(theirs);
  const own = formatFolder({ destination, destinationPrefix });
  const reason = record ? `: ${record.reason}` : '';
  return new HeldError(
    `${place === own ? place : `${place}, which overlaps ${own},`} has been held since ${hold.since}${reason}. ` +
      `Nothing was written. No run writes there until somebody releases it: ${about('release', theirs, runStore)}`,
  );
}

export function formatFolder({ destination, destinationPrefix }: LockedFolder): string {
  return formatS3Url(destination, destinationPrefix);
}

function unlocking(folder: LockedFolder, runStore: RunStore): string {
  return about('unlock', folder, runStore);
}

/** The command to type. */
function about(verb: 'unlock' | 'release', folder: LockedFolder, runStore: RunStore): string {
  const reports = runStore.locate('').replace(/\/$/, '');
  return `bucketsync ${verb} ${quoted(formatFolder(folder))} --report-location ${quoted(reports)}`;
}

function describeDoubt(doubt: unknown): string {
  return doubt instanceof Error
    ? `bucketsync could not find out whether it has ended (${doubt.name}: ${doubt.message}). `
    : '';
}

/** Quotes an argument for a shell. */
function quoted(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
