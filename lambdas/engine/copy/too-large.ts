import { MULTIPART_LIMITS } from '../../../statemachine/budgets';
import type { ListedObject } from '../ports/bucket-reader';
import { StoreError, type UnsupportedError } from '../ports/store-error';

export const HIDDEN_TAGS =
  'The object has tags, which this S3 does not show (GetObjectTagging); a copy in parts would be without them. Set ' +
  '`tags` to "ignore" if they do not matter';

const NO_PART_COPIES =
  'The object is too large for CopyObject, and this S3 copies no parts (UploadPartCopy): leave it out with `exclude`';

/** Whether CopyObject takes it. */
export function fitsOneCopy({ sizeBytes }: ListedObject): boolean {
  return sizeBytes <= MULTIPART_LIMITS.maxCopyBytes;
}

/** If the server does not show tags, the message says what to do. */
export function withoutParts(error: UnsupportedError): StoreError {
  return error.lack === undefined ? error : new StoreError('refused', `${error.message}. ${NO_PART_COPIES}`, error);
}

/** @throws StoreError  the object can be copied only in parts */
export function expectFitting(version: ListedObject): ListedObject {
  if (fitsOneCopy(version)) return version;
  throw new StoreError('refused', NO_PART_COPIES);
}
