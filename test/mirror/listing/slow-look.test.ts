import type { Bucket } from '../../../local/s3';
import type { RangeInput } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { type MirrorOptions, past, useMemoryMirror } from '../../support/memory-mirror';

const mirror = useMemoryMirror();
const keysOf = (bucket: Bucket) => [...contentsOf(bucket).keys()];

/** A source with this many objects that are left out, and other objects. */
function createPair(excluded: number, others: readonly string[], destinationKeys: readonly string[]) {
  const pair = mirror.createPair();
  for (let index = 0; index < excluded; index++) {
    pair.source.put(`k${String(index).padStart(3, '0')}.txt`, 'x', { lastModified: past });
  }
  for (const key of others) pair.source.put(key, 'x', { lastModified: past });
  for (const key of destinationKeys) pair.destination.put(key, key.endsWith('/') ? '' : 'x', { lastModified: past });
  return pair;
}

/** Each look at the clock takes a millisecond, so that a round lists some pages of ten keys. */
function slowly(more: MirrorOptions = {}): MirrorOptions {
  let clock = Date.now();
  return { ...more, pageSize: 10, serial: true, host: { roundBudgetsMs: [15], now: () => clock++, ...more.host } };
}

const EXCLUDE = { exclude: ['*.txt'] };

describe('a source so large that no round can list it', () => {
  it.each<[what: string, destinationKeys: string[], input: object]>([
    ['before the run', ['a.jpg', 'z.jpg'], {}],
    ['before the run, with folder markers there', ['a/', 'b.jpg', 'z/'], {}],
    ['in a dry run, with folder markers there', ['a/', 'b.jpg', 'z/'], { dryRun: true }],
    ['before a publish', ['a/', 'b.html'], { mode: 'publish' }],
    ['with a limit', ['a/', 'b.jpg'], { maxDeletes: 5 }],
  ])(
    'ends the run with SourceEmptyError if the filters let nothing through: %s',
    async (_what, destinationKeys, more) => {
      const { destination, input } = createPair(200, [], destinationKeys);

      const summary = await mirror.run({ ...input, ...EXCLUDE, ...more }, slowly());

      expect(summary.error).toMatchObject({ name: 'SourceEmptyError' });
      expect(keysOf(destination)).toEqual(destinationKeys);
    },
  );

  it.each<[what: string, input: object]>([
    ['a mirror', {}],
    ['a publish', { mode: 'publish' }],
    ['a run with a limit', { maxDeletes: 5 }],
  ])('ends the run with SourceEmptyError if its content is removed meanwhile: of %s', async (_what, more) => {
    const { source, destination, input } = createPair(200, ['a.jpg', 'b.jpg'], ['c.jpg', 'm/', 'z.jpg']);
    const around: MirrorOptions['around'] = (task, taskInput, invoke) => {
      if (task !== 'ValidateInput' && (taskInput as RangeInput).phase?.write)
        ['a.jpg', 'b.jpg'].map((key) => source.remove(key));
      return invoke();
    };

    const summary = await mirror.run({ ...input, ...EXCLUDE, ...more }, slowly({ around }));

    expect(summary.error).toMatchObject({ name: 'SourceEmptyError' });
    expect(keysOf(destination)).toEqual(['c.jpg', 'm/', 'z.jpg']);
  });

  it.each<[what: string, input: object]>([
    ['a mirror', {}],
    ['a mirror that verifies', { verify: true }],
    ['a run with a limit', { maxDeletes: 5 }],
  ])('is mirrored if its only content comes last: by %s', async (_what, more) => {
    const { destination, input } = createPair(200, ['z.jpg'], ['a/', 'b.jpg']);

    const summary = await mirror.run({ ...input, ...EXCLUDE, ...more }, slowly());

    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 2 } });
    expect(keysOf(destination)).toEqual(['z.jpg']);
  });

  it('is mirrored if S3 no longer accepts the token of an earlier round', async () => {
    const { source, destination, input } = createPair(200, ['z.jpg'], ['a/', 'b.jpg']);
    let isFirst = false;
    let refused = 0;
    const around: MirrorOptions['around'] = (task, taskInput, invoke) => {
      const { tokens = [] } = taskInput as Partial<RangeInput>;
      isFirst =
        (task === 'CopyRange' || task === 'DeleteRange') &&
        tokens.some(({ listing }) => listing?.content !== undefined);
      return invoke();
    };
    mirror.s3.onRequest = ({ operation, bucket, query }) => {
      const isResumed = operation === 'ListObjectsV2' && bucket === source.name && query.has('continuation-token');
      if (!isResumed || !isFirst || refused > 0) return undefined;
      refused += 1;
      return { status: 400, code: 'InvalidArgument', message: 'The continuation token provided is incorrect' };
    };

    const summary = await mirror.run({ ...input, ...EXCLUDE }, slowly({ around }));

    expect(refused).toBe(1);
    expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 2 } });
    expect(keysOf(destination)).toEqual(['z.jpg']);
  });
});
