import * as z from 'zod';
import { formatS3Url } from '../../wording/s3-url';
import { InvalidInputError } from '../errors';
import { formatValue, inputError } from './describe-issues';
import { OVERRIDABLE_FIELDS, type OverridableField } from './narrowing';
import { parseSyncInput } from './parse-sync-input';
import type { IsApart, SyncInput, SyncRequest } from './sync-input';

/** One pair of folders for which a state machine is deployed, with the settings of every execution. */
export interface DeployedMirror {
  readonly input: SyncInput;
  /** Fields that an execution may set to any value. */
  readonly mayOverride: readonly OverridableField[];
}

const mayOverrideSchema = z.array(z.enum(OVERRIDABLE_FIELDS)).default([]);

/**
 * Reads a deployed mirror: one flat object with the fields of the input and `mayOverride`.
 *
 * @param isApart  as for `parseSyncInput`
 * @throws InvalidInputError
 */
export function parseDeployedMirror(value: unknown, isApart?: IsApart): DeployedMirror {
  const { mayOverride, ...request } = typeof value === 'object' ? ({ ...value } as { mayOverride?: unknown }) : {};
  const parsed = z.strictObject({ mayOverride: mayOverrideSchema }).safeParse({ mayOverride }, { reportInput: true });
  if (!parsed.success) throw inputError(parsed.error, ['mayOverride']);
  const input = parseSyncInput(request, isApart);
  refuseForEach('retry', input.retry);
  refuseForEach('keys', input.keys);
  refuseForEach('undo', input.undo);
  refuseForEach('apply', input.apply);
  return { input, mayOverride: parsed.data.mayOverride };
}

function refuseForEach(field: 'retry' | 'keys' | 'apply' | 'undo', value: string | undefined): void {
  if (value === undefined) return;
  throw new InvalidInputError(
    `Expected \`${field}\` to be set for one execution, got ${formatValue(value)} for every execution of a deployment`,
    { field },
  );
}

/** `s3://staging/site/ → s3://production/` */
export function describePlaces({ source, prefix, destination, destinationPrefix }: SyncInput): string {
  return `${formatS3Url(source, prefix)} → ${formatS3Url(destination, destinationPrefix)}`;
}

/**
 * Finds the only mirror that has the buckets and folders of an execution. An execution may leave out fields that are not
 * required to identify its mirror.
 *
 * @throws InvalidInputError  no mirror matches, or several do
 */
export function findMirror(given: Partial<SyncRequest>, mirrors: readonly DeployedMirror[]): DeployedMirror {
  const reading = mirrors.filter(({ input }) => isWithin(given.source, given.prefix, input.source, input.prefix));
  const found = reading.filter(({ input }) =>
    isWithin(given.destination, given.destinationPrefix, input.destination, input.destinationPrefix),
  );
  const [mirror] = found;
  if (mirror !== undefined && found.length === 1) return mirror;
  const deployed = (found.length > 0 ? found : mirrors).map(({ input }) => describePlaces(input)).join(' or ');
  if (mirror !== undefined) {
    throw new InvalidInputError(
      `Expected \`source\` and \`destination\`, with their folders, to identify one mirror of this state machine, ${deployed}, got ` +
        `${formatPlace(given.source, given.prefix)} → ${formatPlace(given.destination, given.destinationPrefix)}`,
    );
  }
  const field = reading.length === 0 ? 'source' : 'destination';
  const got =
    field === 'source'
      ? formatPlace(given.source ?? only(mirrors, 'source'), given.prefix)
      : formatPlace(given.destination ?? only(reading, 'destination'), given.destinationPrefix);
  throw new InvalidInputError(
    `Expected \`${field}\` to be in a mirror that this state machine is deployed for, ${deployed}, got ${got}`,
    { field },
  );
}

function isWithin(bucket: string | undefined, prefix: string | undefined, deployed: string, folder: string): boolean {
  return (bucket ?? deployed) === deployed && (prefix ?? folder).startsWith(folder);
}

function only(mirrors: readonly DeployedMirror[], field: 'source' | 'destination'): string | undefined {
  const names = new Set(mirrors.map(({ input }) => input[field]));
  return names.size === 1 ? mirrors[0]?.input[field] : undefined;
}

function formatPlace(bucket: string | undefined, prefix = ''): string {
  return bucket === undefined && prefix === '' ? 'nothing' : formatS3Url(bucket ?? '…', prefix);
}

/**
 * The folder of an execution, relative to the deployed folders. It is the same on both sides, so a key is always mirrored
 * to the place that the deployment sets.
 *
 * @throws InvalidInputError  the two folders do not match
 */
export function findSubfolder({ prefix, destinationPrefix }: Partial<SyncRequest>, deployed: SyncInput): string {
  const from = prefix?.slice(deployed.prefix.length);
  const to = destinationPrefix?.slice(deployed.destinationPrefix.length);
  const folder = from ?? to ?? '';
  if (to === undefined || to === folder) return folder;
  throw new InvalidInputError(
    `Expected \`destinationPrefix\` to be ${formatValue(deployed.destinationPrefix + folder)}, because this state machine ` +
      `is deployed to mirror ${formatValue(deployed.prefix + folder)} to it, got ${formatValue(destinationPrefix)}`,
    { field: 'destinationPrefix' },
  );
}
