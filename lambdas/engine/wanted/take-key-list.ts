import type { Run, SyncInput } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { isExecutionArn } from '../../../statemachine/execution-id';
import { formatS3Url } from '../../../wording/s3-url';
import type { Host } from '../ports/host';
import { parseKeyList } from './parse-key-list';

/**
 * Reads the list of a run's keys, before anything is written.
 *
 * @returns undefined if the run has none
 * @throws InvalidInputError  the list cannot be read, or there is no place where the Tasks could find it
 */
export async function takeKeyList(
  { input, executionId }: Pick<Run, 'input' | 'executionId'>,
  host: Pick<Host, 'mirrors' | 'openKeyList' | 'runStore'>,
): Promise<string[] | undefined> {
  const { keys } = input;
  if (keys === undefined) return undefined;
  if (isExecutionArn(executionId) && !keys.startsWith('s3://')) {
    throw new InvalidInputError(
      `Expected \`keys\` to be s3://bucket/key, got "${keys}": a function in AWS cannot read files of another machine. Copy the ` +
        'file into the report bucket, below `keys/`',
    );
  }
  if (isExecutionArn(executionId)) refuseOthersObjects(keys, input, host);
  if (host.runStore.keepsNothing) {
    throw new InvalidInputError(
      'Expected a place for reports if `keys` is set, since the run keeps its list of keys there. Name a folder, or s3://bucket, ' +
        'with --report-location (or BUCKETSYNC_REPORT_LOCATION)',
    );
  }
  return parseKeyList(host.openKeyList(keys), keys);
}

/**
 * A function may read both buckets and all reports. Its caller, and readers of its report, may not. The report keeps a copy of the
 * list, and an error shows a line of it. So the list must not be an object that only the function may read.
 *
 * @throws InvalidInputError
 */
function refuseOthersObjects(
  keys: string,
  input: SyncInput,
  { mirrors, runStore }: Pick<Host, 'mirrors' | 'runStore'>,
) {
  const lists = runStore.locate(LISTS_FOLDER);
  if (keys.startsWith(lists)) return;
  const sides = [{ input }, ...(mirrors ?? [])].flatMap((mirror) => [mirror.input.source, mirror.input.destination]);
  const places = [...sides.map((bucket) => formatS3Url(bucket)), runStore.locate('')];
  if (!places.some((place) => keys.startsWith(`${place.replace(/\/$/, '')}/`))) return;
  throw new InvalidInputError(
    `Expected \`keys\` to be in ${lists}, or in a bucket that is not mirrored and has no reports, got "${keys}": this run may read that object ` +
      `only to mirror it, and would show it to everybody who may read its report. Copy the list to ${lists}`,
    { field: 'keys' },
  );
}

/** Where lists are, beside the reports. */
const LISTS_FOLDER = 'keys/';
