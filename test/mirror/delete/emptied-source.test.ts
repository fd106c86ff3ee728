import type { Bucket } from '../../../local/s3';
import type { RangeInput } from '../../../statemachine/contract';
import type { AnyMirror } from '../../support/any-mirror';
import { contentsOf } from '../../support/contents';
import { EmptyPages } from '../../support/empty-pages';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';
import { useMirror } from '../../support/mirror';
import { withoutPlans } from '../../support/without-plans';

const mirror = useMemoryMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;
/** Where pages can be without keys. */
const overHttp = useMirror();
// what is tested are loops that walk the buckets and act at once
overHttp.walksAndActs = true;

function createPair(sourceKeys: readonly string[], destinationKeys: readonly string[], where: AnyMirror = mirror) {
  const pair = where.createPair();
  for (const key of sourceKeys) put(pair.source, key);
  for (const key of destinationKeys) put(pair.destination, key);
  return pair;
}

/** As consoles do, a folder marker is empty. */
function put(bucket: Bucket, key: string): void {
  bucket.put(key, /(\/|_\$folder\$)$/.test(key) ? '' : 'x', { lastModified: past });
}

const keysOf = (bucket: Bucket) => [...contentsOf(bucket).keys()];
const numbered = (count: number, suffix = '') =>
  Array.from({ length: count }, (_, index) => `k${String(index).padStart(3, '0')}${suffix}`);

describe('folder markers', () => {
  it.each<[what: string, sourceKeys: string[], destinationKeys: string[], input: object]>([
    ['its own, beside what is excluded', ['a/', 'a/x.txt'], ['a/', 'a/1.jpg'], { prefix: 'a', exclude: ['*.txt'] }],
    [
      'its own, below other folders',
      ['a/', 'a/x.txt'],
      ['b/', 'b/1'],
      { prefix: 'a', destinationPrefix: 'b', exclude: ['x*'] },
    ],
    ['its own, into a whole bucket', ['a/', 'a/x'], ['y1'], { prefix: 'a', destinationPrefix: '', include: ['y*'] }],
    ['those of folders below', ['a/', 'b/', 'b/c/'], ['a/1', 'b/'], {}],
    ['those of folders below, beside what is excluded', ['a/', 'a/x.txt', 'z/'], ['a/1'], { exclude: ['*.txt'] }],
    ['those of Hadoop', ['a_$folder$', 'b/c_$folder$'], ['a/1', 'b/c/2'], {}],
    [
      'those that the globs include',
      ['a/', 'x.txt'],
      ['a/1'],
      { include: ['**/', '**/*.jpg', '**'], exclude: ['*.txt'] },
    ],
  ])('make no source of content: %s', async (_what, sourceKeys, destinationKeys, more) => {
    const { destination, input } = createPair(sourceKeys, destinationKeys);

    const summary = await mirror.run({ ...input, ...more });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' } });
    expect(keysOf(destination)).toEqual(destinationKeys);
  });

  it('are content if they are not empty, and ordinary objects if there are others', async () => {
    const { source, destination, input } = createPair(['a/', 'b'], ['c', 'd/']);
    source.put('a/', 'not empty', { lastModified: past });
    source.remove('b');

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 2 } });
    expect(keysOf(destination)).toEqual(['a/']);
  });

  it('stay at a destination that has nothing else while the source has no content either', async () => {
    const { destination, input } = createPair(['a/'], ['a/', 'b/']);

    const summary = await mirror.run({ ...input, verify: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 0 } });
    expect(keysOf(destination)).toEqual(['a/', 'b/']);
  });
});

describe('a source that is emptied after the run began', () => {
  /** Empties the source before the first Task of this name, but for `left`. */
  const emptiedBefore = (task: string, source: Bucket, left: readonly string[] = []): MirrorOptions['around'] => {
    let isDone = false;
    return (name, _input, invoke) => {
      if (name === task && !isDone) {
        isDone = true;
        for (const key of keysOf(source)) if (!left.includes(key)) source.remove(key);
      }
      return invoke();
    };
  };

  it.each<[what: string, task: string, input: object]>([
    ['a mirror', 'DeleteRange', {}],
    ['a mirror that verifies', 'DeleteRange', { verify: true }],
    ['a publish, before its first copies', 'CopyRange', { mode: 'publish' }],
    ['a publish, before its deletes', 'DeleteRange', { mode: 'publish' }],
    ['a run with a limit that a plan judges', 'DeleteRange', { maxDeletes: 100 }],
    ['a run with a percentage', 'DeleteRange', { maxDeletes: '100%' }],
    ['a run under conditions', 'DeleteRange', { conditional: true }],
  ])('deletes nothing: %s', async (_what, task, more) => {
    const keys = ['k/', ...numbered(20, '.html'), ...numbered(20, '.png')].sort();
    const { source, destination } = createPair(keys, keys);
    const input = { source: source.name, destination: destination.name };
    const host = { runStore: withoutPlans(mirror) };

    const summary = await mirror.run({ ...input, ...more }, { host, around: emptiedBefore(task, source) });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'SourceEmptyError' } });
    expect(summary.error?.message).toContain(
      'It deletes nothing more. If that is what you want, set `allowEmptySource` to true',
    );
    expect(keysOf(destination)).toEqual(keys);
  });

  it('deletes nothing if a plan had found its orphans', async () => {
    const { source, destination } = createPair(numbered(5), numbered(10));
    let rounds = 0;

    const summary = await mirror.run(
      { source: source.name, destination: destination.name, maxDeletes: 100 },
      {
        around: (task, taskInput, invoke) => {
          if (task === 'DeleteRange' && (taskInput as RangeInput).phase.write) {
            rounds += 1;
            for (const key of keysOf(source)) source.remove(key);
          }
          return invoke();
        },
      },
    );

    expect(rounds).toBe(1);
    expect(summary).toMatchObject({ error: { name: 'SourceEmptyError' }, totals: { deleted: 0 } });
    expect(keysOf(destination)).toEqual(numbered(10));
  });

  it.each([
    ['what the filters leave out', ['0.txt', 'z.txt'], { exclude: ['*.txt'] }],
    ['folder markers', ['a/', 'z/'], {}],
  ])('deletes nothing if %s is left', async (_what, left, more) => {
    const keys = [...numbered(10), ...left].sort();
    const { source, destination, input } = createPair(keys, keys);

    const summary = await mirror.run({ ...input, ...more }, { around: emptiedBefore('DeleteRange', source, left) });

    expect(summary.error?.name).toBe('SourceEmptyError');
    expect(keysOf(destination)).toEqual(keys);
  });

  it('deletes nothing in any of many Tasks and walkers', async () => {
    const keys = numbered(600);
    const { source, destination, input } = createPair(keys, keys);
    let clock = 0;
    const tasks = new Set<number>();

    const summary = await mirror.run(input, {
      pageSize: 10,
      host: { roundBudgetsMs: [60, 1_000_000], rangesAtOnce: 8, now: () => clock++ },
      around: (task, taskInput, invoke) => {
        const { round, index } = taskInput as RangeInput;
        if (task === 'DeleteRange' && round > 0) {
          for (const key of keysOf(source)) source.remove(key);
          tasks.add(index);
        }
        return invoke();
      },
    });

    expect(tasks.size).toBeGreaterThan(2);
    expect(summary).toMatchObject({ error: { name: 'SourceEmptyError' }, totals: { deleted: 0 } });
    expect(keysOf(destination)).toEqual(keys);
  });

  it('deletes nothing that an earlier run failed to delete', async () => {
    const { source, destination, input } = createPair(['a'], ['a', 'orphan']);
    mirror.s3.onRequest = ({ operation }) =>
      operation === 'DeleteObjects' ? { status: 403, code: 'AccessDenied' } : undefined;
    const first = await mirror.run(input);
    mirror.s3.onRequest = undefined;

    const summary = await mirror.run(
      { ...input, retry: first.runId },
      { around: emptiedBefore('DeleteRange', source) },
    );

    expect(first.totals.failed).toBe(1);
    expect(summary.error?.name).toBe('SourceEmptyError');
    expect(keysOf(destination)).toEqual(['a', 'orphan']);
  });

  it('is mirrored if that is allowed', async () => {
    const { source, destination, input } = createPair(numbered(5), numbered(5));

    const summary = await mirror.run(
      { ...input, allowEmptySource: true },
      { around: emptiedBefore('DeleteRange', source) },
    );

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 5 } });
    expect(keysOf(destination)).toEqual([]);
  });
});

describe('knowing that the source has content', () => {
  const lists = () => mirror.s3.requests.of('ListObjectsV2');

  async function listsOf(sourceKeys: readonly string[], destinationKeys: readonly string[], more: object = {}) {
    const { input } = createPair(sourceKeys, destinationKeys);
    const before = lists();
    const summary = await mirror.run({ ...input, ...more }, { serial: true });
    expect(summary.status).toBe('succeeded');
    return { lists: lists() - before, deleted: summary.totals.deleted };
  }

  it('costs no request if a page that the walk lists anyway shows it', async () => {
    const allowed = { allowEmptySource: true };
    const seen = [
      ['a', 'z'],
      ['a', 'b', 'z'],
    ] as const;
    const behind = [['a'], ['a', 'b']] as const;

    expect(await listsOf(...seen)).toEqual(await listsOf(...seen, allowed));
    expect(await listsOf(...behind)).toEqual(await listsOf(...behind, allowed));
  });

  it('costs each Task one request if content lies far behind keys that the filters leave out', async () => {
    const excluded = Array.from({ length: 3500 }, (_, index) => `a${String(index).padStart(4, '0')}.txt`);
    const more = { exclude: ['*.txt'] };
    const { input } = createPair([...excluded, 'z'], ['0', 'z']);

    const summary = await mirror.run({ ...input, ...more }, { serial: true });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
    const [plan, sync] = summary.phases;
    expect((sync?.delete.requests.list ?? 0) - (plan?.copy.requests.list ?? 0)).toBeLessThanOrEqual(1);
  });
});

describe('a source that begins with pages without keys', () => {
  it('is not taken for an empty one', async () => {
    const { source, destination, input } = createPair(['a', 'b'], ['b', 'c'], overHttp);
    const pages = new EmptyPages(source.name, 3);
    overHttp.s3.onRequest = pages.onRequest;

    const summary = await overHttp.run(input);

    expect(pages.sent).toBeGreaterThan(3);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1 } });
    expect(keysOf(destination)).toEqual(['a', 'b']);
  });

  it('is rejected if nothing follows them', async () => {
    const { source, destination, input } = createPair([], ['a'], overHttp);
    const pages = new EmptyPages(source.name, 2);
    overHttp.s3.onRequest = pages.onRequest;

    const summary = await overHttp.run(input);

    expect(pages.sent).toBe(2);
    expect(summary.error?.name).toBe('SourceEmptyError');
    expect(keysOf(destination)).toEqual(['a']);
  });

  it('does not hide what the destination would lose', async () => {
    const { destination, input } = createPair([], ['a'], overHttp);
    overHttp.s3.onRequest = new EmptyPages(destination.name, 2).onRequest;

    const summary = await overHttp.run(input);

    expect(summary).toMatchObject({ phases: [], error: { name: 'SourceEmptyError' } });
  });
});
