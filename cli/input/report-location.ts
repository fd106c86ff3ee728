import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryFolder } from '../../local/try-folder';
import { ENVIRONMENT, NOWHERE } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { formatS3Url, parseS3Url } from '../../wording/s3-url';
import { printNote } from '../output/output';

const OPTION = '--report-location';

/**
 * The location of reports and locks.
 *
 * @param given  set by the option or the variable; undefined: in `home`
 * @param stateHome  where the user keeps what programs leave, by the XDG convention. A folder in `home` that is there already stays
 * @returns `s3://bucket`, `file:///folder`, or `NOWHERE` if there is no home
 * @throws InvalidInputError
 */
export function reportLocation(
  given: string | undefined,
  home: string | undefined,
  stateHome = process.env.XDG_STATE_HOME,
): string {
  const location = given ?? usualFolder(home, stateHome);
  if (location === undefined) return NOWHERE;
  if (location.startsWith('file:///')) return location;
  if (location !== '' && !/^(s3|file):/.test(location)) return pathToFileURL(resolve(location)).href;
  const parsed = location.startsWith('s3:') ? parseS3Url(location) : undefined;
  if (parsed?.prefix === '') return formatS3Url(parsed.bucket);
  throw new InvalidInputError(`Expected ${OPTION} to be a folder or s3://bucket, got "${location}"`);
}

function usualFolder(home: string | undefined, stateHome = ''): string | undefined {
  const inHome = home && join(home, '.bucketsync');
  const isSet = isAbsolute(stateHome); // the convention ignores all others
  return isSet && !(inHome && existsSync(inHome)) ? join(stateHome, 'bucketsync') : inHome;
}

/**
 * Makes sure that a run can write its report. A plan does not require one: if it cannot write to the home folder, it continues
 * without a report and says so. If the user named a location, only that one is used.
 *
 * @param env  is changed
 */
export async function useReportLocation(
  env: NodeJS.ProcessEnv,
  run: { isPlan: boolean; isGiven: boolean },
): Promise<void> {
  const location = env[ENVIRONMENT.reportLocation] ?? NOWHERE;
  if (location === NOWHERE && !run.isPlan)
    throw new InvalidInputError(
      `Expected a home folder for reports and locks, got none: name another location with ${OPTION}`,
    );
  if (run.isGiven || !run.isPlan) return;
  const reason = location === NOWHERE ? 'there is no home folder' : await tryFolder(location);
  if (reason === undefined) return;
  env[ENVIRONMENT.reportLocation] = NOWHERE;
  printNote(`This plan keeps no report: ${reason}. To keep one, name a location with ${OPTION}.\n`);
}

/** A user may have no home folder, for example in a container. */
export function homeFolder(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
