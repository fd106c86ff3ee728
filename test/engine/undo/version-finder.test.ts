import type { KeptVersion, VersionMarker } from '../../../lambdas/engine/ports/bucket-versions';
import { VersionFinder } from '../../../lambdas/engine/undo/version-finder';
import type { Written } from '../../../lambdas/engine/undo/written';

const replaced: Written = { kind: 'replaced', versionIds: new Set(['mine']), sizeBytes: 1, eTag: 'a' };

/** A list of versions that never ends, with the markers that `next` says. */
function endless(next: (page: number) => VersionMarker) {
  let pages = 0;
  const versions: KeptVersion[] = [{ key: 'a', versionId: 'other', lastModified: 0, deleteMarker: true }];
  const listVersions = async () => {
    if (pages > 1_000) throw new Error('Expected the list to be given up, but it is still read');
    return { versions, next: next(pages++) };
  };
  return { listVersions };
}

it.each<[markers: string, next: (page: number) => VersionMarker]>([
  ['the same', () => ({ key: 'a', versionId: '1' })],
  ['the same key without a version', () => ({ key: 'a' })],
  ['two in turn', (page) => ({ key: 'a', versionId: String(page % 2) })],
  ['in a circle after some others', (page) => ({ key: 'a', versionId: String(page < 20 ? page : 20 + (page % 7)) })],
])('a list of versions that goes in circles fails the key, and not the whole undo: %s', async (_markers, next) => {
  const { listVersions } = endless(next);
  const finder = new VersionFinder({ listVersions }, new Map([['a', replaced]]), 0, true);

  const { objects, failed } = await finder.find(['a']);

  expect(objects.size).toBe(0);
  expect(failed).toMatchObject({ key: 'a', error: { name: 'ListingError', isLasting: true } });
});

it('reads as many pages as the versions of a key have', async () => {
  const last: KeptVersion[] = [{ key: 'a', versionId: 'mine', lastModified: 1, deleteMarker: true }];
  let pages = 0;
  const listVersions = async () => {
    pages += 1;
    const next = { key: 'a', versionId: String(pages) };
    return pages < 500 ? { versions: [], next } : { versions: last };
  };
  const finder = new VersionFinder({ listVersions }, new Map([['a', { ...replaced, kind: 'deleted' }]]), 0, true);

  const { objects } = await finder.find(['a']);

  expect(objects.get('a')).toMatchObject({ verdict: { action: 'leave', reason: 'expired' } });
});
