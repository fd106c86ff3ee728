import type { RequestObserver } from '../../engine/ports/request-observer';

/** The id of all versions that a bucket makes while it does not keep versions. The next write replaces such a version. */
const NOT_KEPT = 'null';

/** Tells as which version S3 has kept a write, if it keeps versions. @param key  relative */
export function tellVersion({ onWritten }: RequestObserver, key: string, versionId: string | undefined): void {
  if (versionId !== undefined && versionId !== '' && versionId !== NOT_KEPT) onWritten?.(key, versionId);
}
