import { openBuckets } from '../../../lambdas/engine/listing/hide-reserved';
import type { Host } from '../../../lambdas/engine/ports/host';
import type { RequestObserver } from '../../../lambdas/engine/ports/request-observer';
import type { Run } from '../../../statemachine/contract';
import { parseSyncInput } from '../../../statemachine/input/parse-sync-input';
import { useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();

const RESERVED = ['.bucketsync/', '.bucketsync/lock.json', '.bucketsync/of/another'];
/** Right before and right behind what is reserved, and inside of folders that only look like it. */
const ORDINARY = ['.bucketsync', '.bucketsync-', '.bucketsync.', '.bucketsync0', 'a/.bucketsync/x', 'z'];

/** Keys of a bucket, without a request. */
const keysOf = (bucket: string) => [...mirror.s3.bucket(bucket).index.after('')].map(({ key }) => key);

describe.each([1, 2, 3, 1000])('in pages of %d keys', (pageSize) => {
  it('neither copies, deletes nor counts what is in the reserved folder of either side', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const key of [...RESERVED, ...ORDINARY]) source.put(key, 'of the source');
    for (const key of ['.bucketsync/kept', '.bucketsync/orphan', 'orphan']) destination.put(key, 'x');

    const summary = await mirror.run(input, { pageSize });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: ORDINARY.length, deleted: 1, skipped: 0 } });
    expect(summary.phases[0]).toMatchObject({ copy: { listed: ORDINARY.length } });
    expect(keysOf(input.destination)).toEqual(
      [...ORDINARY, '.bucketsync/kept', '.bucketsync/orphan'].sort((a, b) => (a < b ? -1 : 1)),
    );
  });

  it('treats a source that has only reserved objects as empty', async () => {
    const { source, destination, input } = mirror.createPair();
    for (const key of RESERVED) source.put(key, 'x');
    destination.put('kept', 'x');

    const summary = await mirror.run(input, { pageSize });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' } });
    expect(keysOf(input.destination)).toEqual(['kept']);
  });
});

it.each<[folders: object, left: string[]]>([
  [{ prefix: 'site', destinationPrefix: '' }, ['.bucketsync/orphan', 'x']],
  [{ prefix: '', destinationPrefix: 'site' }, ['site/.bucketsync/orphan', 'site/site/.bucketsync/x', 'site/site/x']],
  [{ prefix: 'site', destinationPrefix: 'copy' }, ['copy/.bucketsync/x', 'copy/x']],
])('does not map other folders onto the reserved one, nor delete what would be there: %j', async (folders, left) => {
  const { source, destination, input } = mirror.createPair();
  for (const key of ['site/x', 'site/.bucketsync/x']) source.put(key, 'x');
  const { destinationPrefix } = parseSyncInput({ ...input, ...folders });
  destination.put(`${destinationPrefix}.bucketsync/orphan`, 'x');

  expect(await mirror.run({ ...input, ...folders })).toMatchObject({ status: 'succeeded' });
  expect(keysOf(input.destination)).toEqual(left);
});

it.each(['prefix', 'destinationPrefix'])('is rejected as the %s of a mirror, with every folder in it', (field) => {
  for (const folder of ['.bucketsync', '.bucketsync/', '.bucketsync/deeper']) {
    const input = { source: 'a-source', destination: 'a-destination', [field]: folder };
    expect(() => parseSyncInput(input)).toThrow(`Expected \`${field}\` to be a folder outside of ".bucketsync/"`);
  }
  for (const folder of ['.bucketsync-old', 'a/.bucketsync']) {
    parseSyncInput({ source: 'a-source', destination: 'a-destination', [field]: folder });
  }
});

it('rejects a page in which a reserved key stands in the place of another one', async () => {
  const lock = {
    key: '.bucketsync/lock.json',
    sizeBytes: 1,
    eTag: 'x',
    lastModified: 0,
    storageClass: 'STANDARD',
    archived: false,
  };
  const side = { listPage: async () => ({ objects: [lock, lock] }) };
  const host = { openBuckets: () => ({ source: { ...side }, destination: { ...side } }) } as unknown as Host;
  const input = parseSyncInput({ source: 'a-source', destination: 'a-destination' });
  const { destination } = openBuckets(host, { input } as Run, {} as RequestObserver);

  await expect(destination.listPage({})).rejects.toThrow('Expected keys in UTF-8 order');
});
