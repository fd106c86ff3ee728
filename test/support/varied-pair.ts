import type { AnyMirror } from './any-mirror';
import { MIB, putInParts } from './put-in-parts';
import type { WatchedPair } from './watch';

const old = new Date('2025-12-01T00:00:00Z');
const older = new Date('2025-11-01T00:00:00Z');

/** Two buckets that make a run send every kind of request that it can send, some of them several times. */
export function createVariedPair(mirror: AnyMirror): WatchedPair {
  const pair = mirror.createPair();
  const { source, destination } = pair;
  for (const key of ['a1', 'a2', 'a3', 'b+ %2F', '\u{1f600}']) {
    source.put(key, `content of ${key}`, { lastModified: old, tags: [['team', 'blue']] });
  }
  for (const key of ['c1', 'c2', 'c3', 'c4']) {
    source.put(key, 'same', { lastModified: old });
    destination.put(key, 'same');
  }
  for (const key of ['d1', 'd2', 'd3']) {
    source.put(key, 'same', { lastModified: old, user: { team: 'blue' } });
    destination.put(key, 'same', { lastModified: older });
  }
  source.put('e', '', { lastModified: old, websiteRedirect: '/a1' });
  for (const key of ['l1', 'l2']) {
    putInParts(source, key, [65 * MIB, 66 * MIB, MIB], { lastModified: old, tags: [['team', 'red']] });
  }
  for (const key of ['a0', 'c0', 'd0', 'x1', 'x2', 'x\u0001']) destination.put(key, 'orphan');
  return pair;
}

/** Keys of a list page: few, so that there are several pages. */
export const VARIED_PAGE = 5;
