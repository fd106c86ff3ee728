import type { ListedObject } from '../../engine/ports/bucket-reader';

const ARCHIVE_CLASSES = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** What S3 says of the restored copy of an object, in a list page or in the answer to HEAD. */
interface Restore {
  readonly isOngoing: boolean;
  readonly isRestored: boolean;
}

/** Whether an object can be read now, or soon. */
export function archiveState(
  storageClass: string,
  { isOngoing, isRestored }: Restore,
): Pick<ListedObject, 'archived' | 'restoring'> {
  const archived = ARCHIVE_CLASSES.has(storageClass) && !isRestored;
  return { archived, restoring: (archived && isOngoing) || undefined };
}
