import type { CopyRequest } from '../../engine/ports/bucket-writer';

/** Members of a request that makes an object only over what the destination must hold. */
export function conditionOn(destination: CopyRequest['destination']) {
  if (destination === undefined) return {};
  return destination === 'absent' ? { IfNoneMatch: '*' } : { IfMatch: `"${destination.eTag}"` };
}
