import type { Side } from './side';

/** What the destination must know about the source to copy from it. */
export type SourceSide = Pick<Side, 'bucket' | 'prefix' | 'owner' | 'versionOf'>;

/** The SDK sends `CopySource` unencoded, so it is encoded here, segment by segment. */
export function encodeCopySource({ bucket, prefix, versionOf }: SourceSide, key: string): string {
  const versionId = versionOf?.(key);
  const version = versionId === undefined ? '' : `?versionId=${encodeURIComponent(versionId)}`;
  return `${bucket}/${`${prefix}${key}`.split('/').map(encodeURIComponent).join('/')}${version}`;
}
