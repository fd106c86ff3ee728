import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { tryFolder } from '../../local/try-folder';
import { ENVIRONMENT, NOWHERE } from '../../statemachine/contract';
import { InvalidInputError } from '../../statemachine/errors';
import { parseS3Url } from '../../wording/s3-url';
import { printNote } from '../output/output';

const OPTION = '--report-location';

/**
 * Where reports and locks are kept.
 *
 * @param given  by the option or the variable; undefined: below `home`
 * @returns `s3://bucket`, `file:///folder`, or `NOWHERE` if there is no home
 * @throws InvalidInputError
 */
export function reportLocation(given: string | undefined, home: string | undefined): string {
  const location = given ?? (home && join(home, '.bucketsync'));
  if (location === undefined) return NOWHERE;
  if (location.startsWith('file:///')) return location;
  if (location !== '' && !/^(s3|file):/.test(location)) return pathToFileURL(resolve(location)).href;
  const { bucket, prefix } = location.startsWith('s3:') ? parseS3Url(location) : {};
  if (prefix === '') return `s3://${bucket}`;
  throw new InvalidInputError(`Expected ${OPTION} to be a folder or s3://bucket, got "${location}"`);
}

/**
 * Makes sure that there is a place for the report of a run. A plan needs none: if its home folder cannot be written to, it goes on
 * without, and says so. Where somebody has named a place, that is the one.
 *
 * @param env  is changed
 */
export async function useReportLocation(
  env: NodeJS.ProcessEnv,
  run: { isPlan: boolean; isGiven: boolean },
): Promise<void> {
  const location = env[ENVIRONMENT.reportLocation] ?? NOWHERE;
  if (location === NOWHERE && !run.isPlan)
    throw new InvalidInputError(`Expected a home folder for reports and locks, got none: name a place with ${OPTION}`);
  if (run.isGiven || !run.isPlan) return;
  const reason = location === NOWHERE ? 'there is no home folder' : await tryFolder(location);
  if (reason === undefined) return;
  env[ENVIRONMENT.reportLocation] = NOWHERE;
  printNote(`No report of this plan is kept: ${reason}. Name a place with ${OPTION} to keep one.\n`);
}

/** A user may have none, as in a container. */
export function homeFolder(): string | undefined {
  try {
    return homedir() || undefined;
  } catch {
    return undefined;
  }
}
