import type { Side } from './side';

/** What the destination must know about the source to copy from it. */
export type SourceSide = Pick<Side, 'bucket' | 'prefix' | 'owner'>;

/** The SDK sends `CopySource` unencoded, so it is encoded here, segment by segment. */
export function encodeCopySource({ bucket, prefix }: SourceSide, key: string): string {
  return `${bucket}/${`${prefix}${key}`.split('/').map(encodeURIComponent).join('/')}`;
}
