import type { CopyRequest } from '../../engine/ports/bucket-writer';

/** Members of a request that writes an object only if the destination has the expected version, or none. */
export function conditionOn(destination: CopyRequest['destination']) {
  if (destination === undefined) return {};
  return destination === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: `"${destination.eTag}"` };
}
