import type { SyncInput } from '../../../statemachine/contract';
import { InvalidInputError } from '../../../statemachine/errors';
import { regionOfArn } from '../../../statemachine/partition';
import { formatS3Url } from '../../../wording/s3-url';
import { EVIDENCE_FOLDER } from '../evidence/evidence';
import { GRACE_FOLDER } from '../grace/place-of-dates';
import type { Host } from '../ports/host';
import { LOCKS_FOLDER } from '../ports/lock-store';
import { runFolder } from '../ports/run-store';
import { LACKS_FOLDER, lacksFolder } from '../server/lacks';
import { UPLOADS_FOLDER } from '../uploads/kept-uploads';
import { keysFolder } from '../wanted/key-list';

/** Rejects a place for reports and locks within one of the folders: they would be mirrored, or deleted as orphans. */
export function refuseOwnReports(input: SyncInput, { runStore }: Host): void {
  const source = formatS3Url(input.source, input.prefix);
  const destination = formatS3Url(input.destination, input.destinationPrefix);
  for (const place of [runFolder(''), LOCKS_FOLDER, EVIDENCE_FOLDER, GRACE_FOLDER, LACKS_FOLDER, UPLOADS_FOLDER].map(
    (folder) => runStore.locate(folder),
  )) {
    const side = [source, destination].find((folder) => folder.startsWith(place) || place.startsWith(folder));
    if (side === undefined) continue;
    throw new InvalidInputError(
      `Expected reports and locks to be kept apart from what is mirrored: ${place} and ${side} overlap. ` +
        'Choose another bucket or folder for the reports',
    );
  }
}

/** Orphans wait from one run to the next, so their dates have to be kept somewhere. */
export function refuseLostDates({ deleteAfter, delete: deletes }: SyncInput, { runStore }: Host): void {
  if (deleteAfter === undefined || !deletes || !runStore.keepsNothing) return;
  throw new InvalidInputError(
    `Expected a place for reports if \`deleteAfter\` is set, got none, and ${JSON.stringify(deleteAfter)}: the dates of ` +
      'orphans are kept beside the reports. Name a folder or a bucket for them, or leave out `deleteAfter`',
    { field: 'deleteAfter' },
  );
}

/** Rejects the name of an earlier run. State machines may share a report bucket, and execution names may be reused after 90 days. */
export async function refuseUsedName(id: string, { runStore }: Host): Promise<void> {
  const folder = `${runFolder(id)}/`;
  const names = await runStore.list(folder);
  // an earlier attempt of this Task may have left what it found out about the server, and its list of keys
  const own = [lacksFolder(id), keysFolder(id)];
  if (names.every((name) => own.some((left) => `${name}/`.startsWith(left)))) return;
  throw new InvalidInputError(
    `Expected a name that no other run has had, got the execution "${id}": its report is in ${runStore.locate(folder)}. ` +
      'Start the execution with another name',
  );
}

/** Rejects a KMS key of another Region: S3 encrypts only with keys of the bucket's own Region. */
export function refuseForeignKey({ sseKmsKeyId, destination }: SyncInput, destinationRegion: string): void {
  if (sseKmsKeyId === undefined || regionOfArn(sseKmsKeyId) === destinationRegion) return;
  throw new InvalidInputError(
    `Expected \`sseKmsKeyId\` to be a key in ${destinationRegion}, where ${formatS3Url(destination)} is, got "${sseKmsKeyId}"`,
  );
}
