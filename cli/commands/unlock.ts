import type { UnlockedHolder } from '../../local/unlock';
import { ENVIRONMENT } from '../../statemachine/contract';
import { printableLine } from '../../statemachine/printable';
import { formatS3Url } from '../../wording/s3-url';
import { readDestination } from '../input/destination-folder';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { print, printJson } from '../output/output';

interface UnlockOptions extends EnvironmentOptions {
  readonly force?: boolean;
  readonly requestPayer?: 'requester';
  readonly json?: boolean;
}

/** `bucketsync unlock`: shows who holds the lock of a destination, and removes it. @returns the exit code */
export async function unlockCommand(url: string, options: UnlockOptions): Promise<number> {
  const folder = readDestination(url);
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { unlock } = await import('../../local/unlock');
  const result = await unlock(
    folder,
    env[ENVIRONMENT.reportLocation] ?? '',
    options.force === true,
    options.requestPayer,
  );
  if (options.json) printJson({ holders: result });
  else print(`${describeAll(folder.destination, folder.destinationPrefix, result)}\n`);
  return result.every(({ removed }) => removed) ? 0 : 1;
}

function describeAll(bucket: string, asked: string, holders: readonly UnlockedHolder[]): string {
  if (holders.length === 0) return `No run holds the lock of ${formatS3Url(bucket, asked || undefined)}.`;
  return holders
    .map((holder) => describe(formatS3Url(bucket, (holder.folder ?? asked) || undefined), holder))
    .join('\n\n');
}

function describe(folder: string, holder: UnlockedHolder): string {
  const state = holder.running ? 'There is no proof that it has ended.' : 'It has ended.';
  return [`The lock of ${folder} is held by ${nameOf(holder)}.`, state, outcome(holder)].map(printableLine).join('\n');
}

function nameOf({ executionId, startedAt }: UnlockedHolder): string {
  if (startedAt === undefined) return 'an entry that cannot be read';
  return `${executionId ?? 'a run with another report location'}, since ${startedAt}`;
}

function outcome({ lock, running, removed }: UnlockedHolder): string {
  if (removed) return `Removed from ${lock}.`;
  if (running)
    return `Not removed: wait for the run, or stop it. If you know that it has ended, add --force. The lock is ${lock}.`;
  return `Not removed: another run has just taken it, or is about to. The lock is ${lock}.`;
}
