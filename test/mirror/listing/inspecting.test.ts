import { past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('a', 'same', { lastModified: past });
  pair.source.put('b', 'same', { lastModified: past, system: { 'cache-control': 'max-age=60' } });
  pair.source.put('c', 'new!', { lastModified: past });
  pair.destination.put('a', 'same');
  pair.destination.put('b', 'same');
  pair.destination.put('c', 'old!');
  return pair;
}

it.each<['auto' | 'metadata' | 'checksum', string[]]>([
  ['auto', ['c']],
  ['metadata', ['b', 'c']],
  ['checksum', ['b', 'c']],
])(
  'compare: %s finds among newer objects what differs in %j, and nothing more in a second run',
  async (compare, keys) => {
    const { destination, input } = createPair();
    const copied: string[] = [];
    mirror.s3.onRequest = ({ operation, key = '' }) => {
      if (operation === 'CopyObject') copied.push(key);
      return undefined;
    };
    await mirror.run({ ...input, compare });
    expect(copied.sort()).toEqual(keys);
    expect(destination.get('b')?.metadata.system['cache-control']).toBe(keys.includes('b') ? 'max-age=60' : undefined);
    const again = await mirror.run({ ...input, compare });
    expect(again).toMatchObject({ status: 'succeeded', totals: { copied: 0, deleted: 0 } });
  },
);

it('recognises by checksums that a copy is equal although it is encrypted or has other parts', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'same', { lastModified: new Date() });
  destination.encryption = { algorithm: 'aws:kms' };
  destination.put('a', 'same', { lastModified: past, encryption: destination.encryption });
  expect(destination.get('a')?.eTag).not.toBe(source.get('a')?.eTag);
  expect(await mirror.run({ ...input, compare: 'checksum' })).toMatchObject({ totals: { copied: 0, unchanged: 2 } });
});
