import { openRunStore } from '../../lambdas/aws/run-store';
import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';

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
  ])('is refused where the source has %s, without a write', async (_what, sourceKeys, destinationKeys, more) => {
    // Given
    const { destination, input } = createPair(sourceKeys, destinationKeys);

    // When
    const summary = await mirror.run({ ...input, ...more });

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' }, phases: [] });
    expect([...contentsOf(destination).keys()]).toEqual(destinationKeys);
    expect(writes()).toEqual([]);
  });

  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['both sides are empty', [], [], {}],
    ['the destination has nothing below its prefix', [], ['site-archive/a'], { destinationPrefix: 'site' }],
    ['the destination has but the object named like the folder', [], ['site/'], { prefix: 'site' }],
    ['the destination has nothing behind `startAfter`', ['a'], ['b'], { startAfter: 'm' }],
    ['nothing is deleted', [], ['a'], { delete: false }],
    ['it is allowed', [], ['a'], { allowEmptySource: true }],
  ])('is fine where %s', async (_what, sourceKeys, destinationKeys, more) => {
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
  ])('is refused where its objects %s: the %s, %j', async (_what, side, more) => {
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

  it('is fine where its objects lie outside of the folder', async () => {
    const { destination, input } = createPair(['site/a'], []);
    const runStore = openRunStore(`s3://${destination.name}`);
    const summary = await mirror.run({ ...input, prefix: 'site' }, { host: { runStore } });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  });
});
