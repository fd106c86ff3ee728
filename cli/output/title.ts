import type { SyncRequest } from '../../statemachine/input/sync-input';
import { printable } from '../../statemachine/printable';
import { formatS3Url } from '../../wording/s3-url';
import { shortId } from './short-id';

/** `s3://staging/site/ → s3://production/site/, as in plan 7f3a12bc` */
export function title({
  source,
  destination,
  prefix = '',
  destinationPrefix = prefix,
  keys,
  apply,
  undo,
}: SyncRequest): string {
  if (undo !== undefined)
    return printable(`${formatS3Url(destination, destinationPrefix || undefined)}, as before run ${undo}`);
  return printable(
    `${formatS3Url(source, prefix || undefined)} → ${formatS3Url(destination, destinationPrefix || undefined)}${onlyKeys(keys)}${asPlanned(apply)}`,
  );
}

function onlyKeys(list: string | undefined): string {
  return list === undefined ? '' : `, only the keys in ${list}`;
}

function asPlanned(plan: string | undefined): string {
  return plan === undefined ? '' : `, as in plan ${shortId(plan)}`;
}

/** The same for an execution in AWS, which may use the deployed buckets. */
export function describeRequest({ source, destination, ...request }: Partial<SyncRequest>): string {
  if (source !== undefined && destination !== undefined) return title({ ...request, source, destination });
  if (request.undo !== undefined) return printable(`the deployed destination, as before run ${request.undo}`);
  const folder = request.prefix ?? request.destinationPrefix;
  return printable(
    `the deployed mirror${folder ? `, only ${folder}` : ''}${onlyKeys(request.keys)}${asPlanned(request.apply)}`,
  );
}

/** The same for an execution's unchecked input. */
export function describeInput(json: string | undefined): string {
  return describeRequest(JSON.parse(json || 'null') ?? {});
}
