import { InvalidInputError } from './errors';
import type { SyncInput } from './sync-input';

/** What a deployment may be asked to mirror, as `s3://bucket/` or `s3://bucket/folder/`; undefined: anything. */
export interface AllowedFolders {
  readonly sources?: readonly string[];
  readonly destinations?: readonly string[];
}

/**
 * The roles refuse other buckets too, but only in the middle of the run and with no word about the reason.
 *
 * @throws InvalidInputError  names the folder that is not allowed, and those that are
 */
export function refuseOtherFolders(input: SyncInput, { sources, destinations }: AllowedFolders): void {
  refuse('source', `s3://${input.source}/${input.prefix}`, sources);
  refuse('destination', `s3://${input.destination}/${input.destinationPrefix}`, destinations);
}

function refuse(field: keyof SyncInput, asked: string, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.some((folder) => asked.startsWith(folder))) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be what this state machine is deployed for, ${allowed.join(' or ')}, got ${asked}`,
  );
}
