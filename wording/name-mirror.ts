import { formatS3Url } from './s3-url';

/**
 * The name of a mirror among metrics: where it writes, because no two mirrors write to the same place. CloudWatch takes ASCII only.
 */
export function nameMirror(mirror: { readonly destination: string; readonly destinationPrefix: string }): string {
  const folder = mirror.destinationPrefix.replace(/\/$/, '');
  return encodeURI(formatS3Url(mirror.destination, folder === '' ? undefined : folder).toWellFormed());
}
