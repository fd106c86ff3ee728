import type { S3Server } from '../../local/s3';

/** Keys of copies, and `deletes`, in the order in which they come from now on. */
export function recordWrites(s3: S3Server): string[] {
  const writes: string[] = [];
  s3.onRequest = ({ operation, key }) => {
    if (operation === 'CopyObject') writes.push(key ?? '');
    if (operation === 'DeleteObjects') writes.push('deletes');
    return undefined;
  };
  return writes;
}
