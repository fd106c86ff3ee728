import type { HeldFolder, HoldTarget } from '../../local/hold';
import { ENVIRONMENT } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { printableLine } from '../../statemachine/printable';
import { formatS3Url } from '../../wording/s3-url';
import { shellWord } from '../../wording/shell-word';
import { readDestination } from '../input/destination-folder';
import { adoptEnvironment, type EnvironmentOptions, runEnvironment } from '../input/run-environment';
import { print, printJson } from '../output/output';

export interface HoldOptions extends EnvironmentOptions {
  readonly lock: HoldTarget['lock'];
  readonly requestPayer?: 'requester';
  readonly json?: boolean;
}

const LONGEST_REASON = 500;

/** `bucketsync hold`: keeps runs from a destination until it is released. @returns the exit code */
export async function holdCommand(url: string, options: HoldOptions & { readonly reason: string }): Promise<number> {
  const { reason } = options;
  if (reason.trim() === '' || reason.length > LONGEST_REASON || printableLine(reason) !== reason)
    throw new InvalidInputError(
      `Expected --reason to be a line of 1 to ${LONGEST_REASON} characters that can be shown, got ${JSON.stringify(reason.slice(0, LONGEST_REASON))}`,
    );
  const target = await openTarget(url, options);
  const { holdFolder } = await import('../../local/hold');
  const held = await holdFolder(target, reason);
  if (options.json) printJson(held);
  else print(`${describe(target, held)}\n${releaseBy(target, held)}\nThe hold is in ${printableLine(held.lock)}.\n`);
  return 0;
}

/** `bucketsync release`: lets runs write to a destination again. @returns the exit code */
export async function releaseCommand(url: string, options: HoldOptions): Promise<number> {
  const target = await openTarget(url, options);
  const { releaseFolder } = await import('../../local/hold');
  const result = await releaseFolder(target);
  if (options.json) printJson(result);
  else print(`${describeRelease(target, result).join('\n')}\n`);
  return result.left.length === 0 ? 0 : 1;
}

/** @throws InvalidInputError */
async function openTarget(url: string, options: HoldOptions): Promise<HoldTarget> {
  const folder = readDestination(url);
  const env = await runEnvironment(process.env, options);
  adoptEnvironment(env);
  const location = env[ENVIRONMENT.reportLocation] ?? '';
  const { lock, requestPayer } = options;
  return { ...folder, location, lock, requestPayer };
}

function describeRelease(
  target: HoldTarget,
  { released, left }: { readonly released: readonly HeldFolder[]; readonly left: readonly HeldFolder[] },
): string[] {
  const place = nameOf(target, { folder: target.destinationPrefix });
  const [first] = released;
  const done = first ? `${place} is released. ${describe(target, first)}` : `${place} was not held.`;
  const still = left.map((held) => `Still: ${describe(target, held)}\n${releaseBy(target, held)}`);
  return [printableLine(done), ...still];
}

function releaseBy(target: HoldTarget, held: HeldFolder): string {
  const reports = target.lock === 'reports' ? ' --lock reports' : '';
  return `To release it:  bucketsync release ${shellWord(nameOf(target, held))}${reports}`;
}

function describe(target: HoldTarget, { folder: held, since, reason }: HeldFolder): string {
  return printableLine(
    `${nameOf(target, { folder: held })} has been held since ${since}${reason === undefined ? '' : `: ${reason}`}`,
  );
}

function nameOf({ destination }: HoldTarget, { folder: held }: Pick<HeldFolder, 'folder'>): string {
  return formatS3Url(destination, held);
}
