import type { Unlocked } from '../local/unlock';
import { ENVIRONMENT } from '../statemachine/contract';
import { InvalidInputError } from '../statemachine/errors';
import { printableLine } from '../statemachine/printable';
import { bucketName, folder } from '../statemachine/sync-input';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from './environment';
import { print, printJson } from './output';
import { formatS3Url, parseS3Url } from './s3-url';

interface UnlockOptions extends EnvironmentOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `bucketsync unlock`: shows who holds the lock of a destination, and removes it. @returns the exit code */
export async function unlockCommand(url: string, options: UnlockOptions): Promise<number> {
  const { bucket, prefix } = parseS3Url(url);
  if (!bucketName.safeParse(bucket).success)
    throw new InvalidInputError(`Expected the name of a bucket, got "${bucket}"`);
  const destination = { destination: bucket, destinationPrefix: folder.parse(prefix) };
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const { unlock } = await import('../local/unlock');
  const result = await unlock(destination, env[ENVIRONMENT.reportLocation] ?? '', options.force === true);
  if (options.json) printJson(result);
  else print(`${describe(formatS3Url(bucket, destination.destinationPrefix), result)}\n`);
  return result.removed || result.lock === undefined ? 0 : 1;
}

function describe(destination: string, { lock, executionId, startedAt, running, removed }: Unlocked): string {
  if (lock === undefined) return `No run holds the lock of ${destination}.`;
  const holder = executionId ? printableLine(`${executionId}, since ${startedAt}`) : 'something that cannot be read';
  const state = running ? 'As far as can be told it still runs.' : 'It has ended.';
  return [`The lock of ${destination} is held by ${holder}.`, state, outcome({ lock, running, removed })].join('\n');
}

function outcome({ lock, running, removed }: Pick<Unlocked, 'lock' | 'running' | 'removed'>): string {
  if (removed) return `Removed ${lock}.`;
  if (running)
    return `Not removed: wait for it or stop it. If you know that it has ended, add --force. The lock is ${lock}.`;
  return `Not removed: another run has taken it meanwhile, or is about to. The lock is ${lock}.`;
}
