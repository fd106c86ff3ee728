import type { Bucket, ObjectVersion } from '../../local/s3';
import type { Folder, ObjectFacts } from './reference/facts';

/** What the model knows of a folder, and what its prediction is compared with; without a request. */
export function snapshotOf(bucket: Bucket, prefix: string): Folder {
  return new Map(versionsIn(bucket, prefix).map((version) => [version.key.slice(prefix.length), factsOf(version)]));
}

/** Current objects by whole key, as the bucket holds them: one that was not written is the very same. */
export function versionsOf(bucket: Bucket): Map<string, ObjectVersion> {
  return new Map(versionsIn(bucket, '').map((version) => [version.key, version]));
}

/** All but the lock of a run, which is there while it writes. */
function versionsIn(bucket: Bucket, prefix: string): ObjectVersion[] {
  const all = [...bucket.index.after('')].flatMap(({ key }) => bucket.get(key) ?? []);
  return all.filter(({ key }) => key.startsWith(prefix) && key !== '.bucketsync/lock.json');
}

function factsOf(version: ObjectVersion): ObjectFacts {
  const { body, eTag, lastModified, parts, encryption, checksum, metadata, websiteRedirect, tags, storageClass } =
    version;
  return {
    sizeBytes: body.length,
    content: body.md5(),
    eTag,
    second: lastModified.getTime() / 1000,
    parts: parts?.length ?? 0,
    encrypted: encryption.algorithm !== 'AES256',
    checksum: checksum.type === 'FULL_OBJECT' ? `${checksum.algorithm} of ${body.md5()}` : undefined,
    headers: JSON.stringify([metadata, websiteRedirect]),
    tags: JSON.stringify(tags),
    storageClass,
    archived: storageClass === 'DEEP_ARCHIVE' && version.restore?.ongoing !== false,
    restoring: version.restore?.ongoing === true,
  };
}
