import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

const isWrite = (operation: string) => /^(Put|Copy|Delete|Create|Complete|Upload|Abort)/.test(operation);
const writes = () => Object.keys(mirror.s3.requests.byOperation()).filter(isWrite);

function createPair(sourceKeys: readonly string[], destinationKeys: readonly string[]) {
  const pair = mirror.createPair();
  for (const key of sourceKeys) pair.source.put(key, 'x', { lastModified: past });
  for (const key of destinationKeys) pair.destination.put(key, 'x');
  return pair;
}

describe('an empty source', () => {
  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['nothing at all', [], ['a', 'b'], {}],
    ['nothing below the prefix', ['elsewhere/a', 'site-archive/a'], ['site/a', 'site/b'], { prefix: 'site' }],
    ['nothing but the object named like the folder', ['site/'], ['site/', 'site/a'], { prefix: 'site' }],
    ['nothing behind `startAfter`', ['a', 'm'], ['a', 'z'], { startAfter: 'm' }],
  ])('is rejected if the source has %s, without a write', async (_what, sourceKeys, destinationKeys, more) => {
    // Given
    const { destination, input } = createPair(sourceKeys, destinationKeys);

    // When
    const summary = await mirror.run({ ...input, ...more });

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' }, phases: [] });
    expect([...contentsOf(destination).keys()]).toEqual(destinationKeys);
    expect(writes()).toEqual([]);
  });

  const many = Array.from({ length: 25 }, (_, index) => `a${String(index).padStart(2, '0')}`);

  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['one that the include globs let take part', ['a.txt'], ['a.html', 'b.html'], { include: ['*.html'] }],
    ['one that the exclude globs let take part', many, ['z'], { exclude: ['a*'] }],
    ['one that takes part, in a mode with phases', ['a.txt'], ['a.html'], { include: ['*.html'], mode: 'publish' }],
    ['one that takes part, by a plan', ['a.txt'], ['a.html'], { include: ['*.html'], dryRun: true }],
    ['one that takes part, and deletes are limited', ['a.txt'], ['a.html'], { include: ['*.html'], maxDeletes: 5 }],
  ])('is rejected if the source has objects, but not %s', async (_what, sourceKeys, destinationKeys, more) => {
    const { destination, input } = createPair(sourceKeys, destinationKeys);

    const summary = await mirror.run({ ...input, ...more }, { pageSize: 10 });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' } });
    expect(summary.error?.message).toContain(`${sourceKeys.length} object`);
    expect([...contentsOf(destination).keys()]).toEqual(destinationKeys);
    expect(writes()).toEqual([]);
  });

  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['what takes part comes late', [...many, 'z'], ['y', 'z'], { exclude: ['a*'] }],
    ['nothing takes part at the destination either', many, many, { exclude: ['a*'] }],
    ['it is allowed', many, ['z'], { exclude: ['a*'], allowEmptySource: true }],
    ['nothing is deleted', many, ['z'], { exclude: ['a*'], delete: false }],
  ])(
    'is distinguished from a source of which the filters leave most out: %s',
    async (_what, sourceKeys, destinationKeys, more) => {
      const { source, destination, input } = createPair(sourceKeys, destinationKeys);

      const summary = await mirror.run({ ...input, ...more }, { pageSize: 10 });

      expect(summary.status).toBe('succeeded');
      expect(destination.get('z') !== undefined).toBe(source.get('z') !== undefined || 'delete' in more);
    },
  );

  it('copies all others if the plan meets an object that cannot be copied', async () => {
    const { source, destination, input } = createPair([...many, 'y'], ['orphan']);
    source.put('z', 'x', { lastModified: past, storageClass: 'GLACIER' });

    const summary = await mirror.run({ ...input, exclude: ['a*'] }, { pageSize: 10 });

    expect(summary).toMatchObject({
      error: { name: 'SyncIncompleteError', keys: ['z'] },
      totals: { copied: 1, failed: 1, deleted: 1 },
    });
    expect([...contentsOf(destination).keys()]).toEqual(['y']);
  });

  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['both sides are empty', [], [], {}],
    ['the destination has nothing below its prefix', [], ['site-archive/a'], { destinationPrefix: 'site' }],
    ['the destination has but the object named like the folder', [], ['site/'], { prefix: 'site' }],
    ['the destination has nothing behind `startAfter`', ['a'], ['b'], { startAfter: 'm' }],
    ['nothing is deleted', [], ['a'], { delete: false }],
    ['it is allowed', [], ['a'], { allowEmptySource: true }],
  ])('is accepted if %s', async (_what, sourceKeys, destinationKeys, more) => {
    const { input } = createPair(sourceKeys, destinationKeys);
    expect(await mirror.run({ ...input, ...more })).toMatchObject({ status: 'succeeded' });
  });
});

describe('a report bucket that is one of the two buckets', () => {
  it.each<[what: string, side: 'source' | 'destination', input: object]>([
    ['would be deleted as orphans', 'destination', {}],
    ['would be deleted as orphans', 'destination', { prefix: 'runs' }],
    ['would be deleted as orphans', 'destination', { prefix: 'locks/deeper' }],
    ['would be mirrored', 'source', {}],
  ])('is rejected if its objects %s: the %s, %j', async (_what, side, more) => {
    // Given
    const { input, ...pair } = createPair(['a', 'runs/a', 'locks/deeper/a'], ['b']);

    // When
    const summary = await mirror.run(
      { ...input, ...more },
      { host: { runStore: openRunStore(`s3://${pair[side].name}`) } },
    );

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InvalidInputError' } });
    expect(summary.error?.message).toContain(`s3://${pair[side].name}/`);
    expect(writes()).toEqual([]);
  });

  it('is accepted if its objects lie outside of the folder', async () => {
    const { destination, input } = createPair(['site/a'], []);
    const runStore = openRunStore(`s3://${destination.name}`);
    const summary = await mirror.run({ ...input, prefix: 'site' }, { host: { runStore } });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  });
});
