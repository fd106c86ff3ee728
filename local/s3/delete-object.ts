import type { Bucket } from './bucket';
import type { Answer, Call } from './call';
import type { Headers } from './checksums';
import { matches } from './conditions';
import { accessDenied, noSuchKey, notImplemented, preconditionFailed } from './errors';
import type { Deleted } from './results';

export function deleteObject(call: Call): Answer {
  const { bucket, key, headers, query } = call;
  for (const header of ['x-amz-if-match-size', 'x-amz-if-match-last-modified-time']) {
    if (headers[header] !== undefined) {
      throw notImplemented(header); // directory buckets have these
    }
  }
  const deleted = deleteKey(bucket, {
    key,
    versionId: query.get('versionId') ?? undefined,
    ifMatch: headers['if-match'],
    bypassGovernance: headers['x-amz-bypass-governance-retention'] === 'true',
  });
  return { status: 204, headers: deletedHeaders(deleted) };
}

export interface DeleteRequest {
  readonly key: string;
  readonly versionId?: string;
  readonly ifMatch?: string;
  readonly bypassGovernance: boolean;
}

/**
 * Deletes one object or version. If it does not exist, the delete succeeds.
 *
 * @throws S3Error AccessDenied, PreconditionFailed; NoSuchKey for `If-Match` if there is no object
 */
export function deleteKey(bucket: Bucket, request: DeleteRequest): Deleted {
  const { key, versionId, ifMatch } = request;
  bucket.authorize(versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion');
  if (bucket.enforces.deletes && versionId === undefined && ifMatch === undefined) throw accessDenied();
  if (ifMatch !== undefined) checkMatch(bucket, key, ifMatch);
  if (versionId !== undefined) {
    const removed = bucket.removeVersion(key, versionId, request.bypassGovernance);
    return { versionId, deleteMarker: removed?.deleteMarker || undefined };
  }
  const marker = bucket.remove(key);
  return marker ? { versionId: marker.versionId, deleteMarker: true } : {};
}

/** Conditions of deletes look at the current version only. */
function checkMatch(bucket: Bucket, key: string, ifMatch: string): void {
  const current = bucket.current(key);
  if (!current) throw noSuchKey(key);
  if (current.deleteMarker || !matches(ifMatch, current)) throw preconditionFailed('If-Match');
}

function deletedHeaders({ versionId, deleteMarker }: Deleted): Headers {
  return { 'x-amz-version-id': versionId, 'x-amz-delete-marker': deleteMarker ? 'true' : undefined };
}
