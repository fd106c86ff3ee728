import type { MirrorSetting } from './mirror-setting';
import { toLocation } from './sync-location';
import type { SyncMirror } from './sync-mirror';
import { isReachedByRoles } from './sync-side';

/** The deployed part of a mirror. Names may be tokens. */
export function toSetting({ source, destination, input, mayOverride = [] }: SyncMirror): MirrorSetting {
  const [from, to] = [toLocation(source), toLocation(destination)];
  return {
    source: from.bucket.bucketName,
    destination: to.bucket.bucketName,
    ...(from.prefix !== '' && { prefix: from.prefix }),
    ...(to.prefix !== from.prefix && { destinationPrefix: to.prefix }),
    // if a bucket has other credentials, its import does not tell its owner
    ...(isReachedByRoles(from) && { sourceOwner: from.bucket.env.account }),
    ...(isReachedByRoles(to) && { destinationOwner: to.bucket.env.account }),
    // an owner that is undefined also means the default
    ...Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== undefined)),
    ...(mayOverride.length > 0 && { mayOverride }),
  };
}
