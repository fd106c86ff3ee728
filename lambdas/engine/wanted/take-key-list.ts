import type { Run } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import type { Host } from '../ports/host';
import { parseKeyList } from './parse-key-list';

/**
 * Reads the list of a run's keys, before anything is written.
 *
 * @returns undefined if the run has none
 * @throws InvalidInputError  the list cannot be read, or there is no place where the Tasks could find it
 */
export async function takeKeyList(
  { input: { keys }, executionId }: Pick<Run, 'input' | 'executionId'>,
  host: Pick<Host, 'openKeyList' | 'runStore'>,
): Promise<string[] | undefined> {
  if (keys === undefined) return undefined;
  if (executionId.startsWith('arn:') && !keys.startsWith('s3://')) {
    throw new InvalidInputError(
      `Expected \`keys\` to be s3://bucket/key, got "${keys}": a function in AWS cannot read files of another machine. Copy the ` +
        'file into the report bucket, below `keys/`',
    );
  }
  if (host.runStore.keepsNothing) {
    throw new InvalidInputError(
      'Expected a place for reports if `keys` is set, since the run keeps its list of keys there. Name a folder, or s3://bucket, ' +
        'with --report-location (or BUCKETSYNC_REPORT_LOCATION)',
    );
  }
  return parseKeyList(host.openKeyList(keys), keys);
}
