import { type Bucket, bodyBytes } from '../../local/s3';
import { RESERVED_FOLDER } from '../../statemachine/reserved-folder';

/** Every object below `prefix` by relative key, without a request: what a mirror has to make equal. */
export function contentsOf(bucket: Bucket, prefix = ''): Map<string, string> {
  const contents = new Map<string, string>();
  for (const { key } of bucket.index.after('')) {
    const object = bucket.get(key);
    if (!object || !key.startsWith(prefix) || key.startsWith(RESERVED_FOLDER)) continue;
    const { metadata, tags, storageClass, websiteRedirect } = object;
    const content = bodyBytes(object.body).toString('latin1');
    contents.set(key.slice(prefix.length), JSON.stringify({ content, metadata, tags, storageClass, websiteRedirect }));
  }
  return contents;
}

/** Keys of the multipart uploads that were begun and neither completed nor aborted. */
export function openUploads({ uploads }: Bucket): string[] {
  return [...uploads.values()].filter(({ completed }) => !completed).map(({ key }) => key);
}
