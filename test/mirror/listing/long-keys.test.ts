import { contentsOf } from '../../support/contents';
import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

it('starts behind a place that is longer than a key may be, and leaves earlier keys alone', async () => {
  // Given a folder of 101 bytes, which leaves 923 for a key, and keys that differ in the last of these
  const { source, destination, input } = mirror.createPair();
  const folder = `${'f'.repeat(100)}/`;
  const head = 'k'.repeat(922);
  for (const key of [`${head}a`, 'm']) source.put(key, 'x', { lastModified: past });
  for (const key of [`${head}b`, 'n']) destination.put(folder + key, 'x', { lastModified: past });

  // When
  const summary = await mirror.run({ ...input, destinationPrefix: folder, startAfter: `${head}${'é'.repeat(30)}` });

  // Then
  expect(summary).toMatchObject({ status: 'succeeded', totals: { listed: 2, copied: 1, deleted: 1 } });
  expect([...contentsOf(destination).keys()]).toEqual([`${head}b`, 'm'].map((key) => folder + key));
});
