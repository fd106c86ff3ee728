import type { SyncRequest } from '../../statemachine/input/sync-input';
import { printable } from '../../statemachine/printable';
import { formatS3Url } from '../../wording/s3-url';

/** `s3://staging/site/ → s3://production/site/` */
export function title({
  source,
  destination,
  prefix = '',
  destinationPrefix = prefix,
  keys,
  undo,
}: SyncRequest): string {
  if (undo !== undefined)
    return printable(`${formatS3Url(destination, destinationPrefix || undefined)}, as before run ${undo}`);
  return printable(
    `${formatS3Url(source, prefix || undefined)} → ${formatS3Url(destination, destinationPrefix || undefined)}${onlyKeys(keys)}`,
  );
}

function onlyKeys(list: string | undefined): string {
  return list === undefined ? '' : `, only the keys in ${list}`;
}

/** The same for an execution in AWS, which may use the deployed buckets. */
export function describeRequest({ source, destination, ...request }: Partial<SyncRequest>): string {
  if (source !== undefined && destination !== undefined) return title({ ...request, source, destination });
  if (request.undo !== undefined) return printable(`the deployed destination, as before run ${request.undo}`);
  const folder = request.prefix ?? request.destinationPrefix;
  return printable(`the deployed mirror${folder ? `, only ${folder}` : ''}${onlyKeys(request.keys)}`);
}

/** The same for an execution's unchecked input. */
export function describeInput(json: string | undefined): string {
  return describeRequest(JSON.parse(json || 'null') ?? {});
}
