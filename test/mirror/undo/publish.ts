import type { Bucket } from '../../../local/s3/bucket';
import type { SyncRequest } from '../../../statemachine/contract';
import { past } from '../../support/any-mirror';
import type { MemoryMirror } from '../../support/memory-mirror';

/** A destination that keeps versions, in which a run replaces `changed`, adds `new/page.html`, and deletes `orphan`. */
export async function publish(mirror: MemoryMirror, request: Partial<SyncRequest> = {}) {
  const pair = mirror.createPair({ destination: { versioning: 'Enabled' } });
  const { source, destination } = pair;
  source.put('changed', 'after', { lastModified: past });
  source.put('new/page.html', 'after', { lastModified: past });
  source.put('same', 'same', { lastModified: past });
  destination.put('changed', 'before', {
    user: { who: 'me' },
    tags: [['a', 'b']],
    storageClass: 'STANDARD_IA',
    system: { 'content-type': 'text/x', 'cache-control': 'no-cache' },
  });
  destination.put('same', 'same');
  destination.put('orphan', 'before', { system: { 'content-type': 'text/y' } });
  const before = contentOf(destination);
  const run = await mirror.run({ ...pair.input, ...request });
  expect(run).toMatchObject({ status: 'succeeded', keepsVersions: true });
  const after = contentOf(destination);
  const undo = (id = run.runId, more: Partial<SyncRequest> = {}) => mirror.run({ ...pair.input, ...more, undo: id });
  return { ...pair, run, before, after, undo };
}

/** Everything that readers see of a bucket. */
export function contentOf(bucket: Bucket): Record<string, unknown> {
  const objects: Record<string, unknown> = {};
  for (const { key } of bucket.index.after('')) {
    const object = bucket.get(key);
    if (!object || key.startsWith('.bucketsync/')) continue;
    const { metadata, tags, storageClass, eTag, websiteRedirect } = object;
    objects[key] = { eTag, metadata, tags, storageClass, websiteRedirect };
  }
  return objects;
}
