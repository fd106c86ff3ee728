import type { UploadedPart } from '../ports/object-uploads';
import { StoreError } from '../ports/store-error';
import type { Job, Upload } from './copy-job';
import { multipartETag } from './uploaded-parts';

/** @throws StoreError  the content that went through this machine does not match the source's ETag */
export function expectContent({ version: { key, eTag }, provesETag }: Job, { parts }: Upload): true {
  // bucketsync knows the parts of an earlier round only by the destination's ETags, which are no MD5s under a KMS key.
  const sent = multipartETag(parts.map((part) => ({ ...part, eTag: part.md5 ?? part.eTag })));
  if (!provesETag || sent === eTag || parts.some(({ md5 }) => md5 === undefined && !isPlain(parts))) return true;
  throw new StoreError(
    'contradictory',
    `The source's content of "${key}" has the ETag ${sent} in its own parts, and is listed with ${eTag}: it is damaged there or on ` +
      'the way. If that server makes ETags of parts in another way, set `parts` to "fewest"',
  );
}

/** Whether the destination's ETags of parts are MD5s, as far as the parts that were just sent show. */
function isPlain(parts: readonly UploadedPart[]): boolean {
  return (
    parts.some(({ md5 }) => md5 !== undefined) && parts.every(({ md5, eTag }) => md5 === undefined || md5 === eTag)
  );
}
