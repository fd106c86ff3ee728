import { PROBE_NAME } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { everyNth } from '../../support/length';
import { past, useMirror } from '../../support/mirror';
import { MIB, putInParts } from '../../support/put-in-parts';

const mirror = useMirror();
type Enforces = NonNullable<Parameters<typeof mirror.createPair>[0]>['destination'];

/** New, changed, large and orphaned objects. */
function createPair(destination: Enforces) {
  const pair = mirror.createPair({ destination });
  pair.source.put('new', 'x', { lastModified: past });
  pair.source.put('changed', 'new content', { lastModified: past });
  putInParts(pair.source, 'large', [5 * MIB, 1], { lastModified: past });
  pair.destination.put('changed', 'old');
  for (const orphan of ['orphan', 'odd \u0001 orphan', 'other orphan']) pair.destination.put(orphan, 'x');
  return pair;
}

it.each<[what: string, enforces: Enforces]>(
  everyNth(2, [
    ['writes', { enforces: { writes: ['if-match', 'if-none-match'] } }],
    ['deletes', { enforces: { deletes: true } }],
    ['both', { enforces: { writes: ['if-match', 'if-none-match'], deletes: true } }],
    [
      'both, with versions',
      { enforces: { writes: ['if-match', 'if-none-match'], deletes: true }, versioning: 'Enabled' },
    ],
    ['nothing', {}],
  ]),
)('mirrors into a bucket whose policy enforces conditions of %s', async (_what, enforces) => {
  const { source, destination, input } = createPair(enforces);

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 3, deleted: 3, failed: 0 } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it.each([false, true])(
  'rejects a bucket that lets objects only be added or only be replaced, before it writes (conditional: %j)',
  async (conditional) => {
    for (const [header, word] of [
      ['if-none-match', 'not replaced'],
      ['if-match', 'not added'],
    ] as const) {
      const { destination, input } = createPair({ enforces: { writes: [header] } });
      const before = contentsOf(destination);

      const { error, phases } = await mirror.run({ ...input, conditional });

      expect([error?.name, phases]).toEqual(['AccessDeniedError', []]);
      expect(error?.message).toContain(`A policy of s3://${destination.name} enforces conditional writes`);
      expect(error?.message).toContain(word);
      expect(contentsOf(destination)).toEqual(before);
    }
  },
);

it('rejects a bucket that enforces conditions if S3 makes no conditional copies', async () => {
  const { destination, input } = createPair({ enforces: { writes: ['if-match', 'if-none-match'] } });
  const before = contentsOf(destination);
  mirror.overlooksProbes = false;
  mirror.s3.onRequest = ({ operation, headers }) =>
    operation === 'CopyObject' && (headers['if-match'] ?? headers['if-none-match'])
      ? { status: 501, code: 'NotImplemented' }
      : undefined;

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({
    name: 'AccessDeniedError',
    message: expect.stringContaining('S3 makes no copies under a condition'),
  });
  expect(contentsOf(destination)).toEqual(before);
});

it('removes the copy of a server that ignores the condition', async () => {
  const { source, destination, input } = createPair({});
  mirror.overlooksProbes = false;
  let made = 0;
  mirror.s3.onRequest = ({ operation, key = '', headers }) => {
    if (operation !== 'CopyObject' || !key.includes(PROBE_NAME)) return undefined;
    made += 1;
    delete headers['x-amz-copy-source-if-match'];
    return undefined;
  };

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });

  expect(made).toBe(1);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('does not repeat a delete that lacks a permission', async () => {
  const { destination, input } = createPair({});
  const deletes: string[] = [];
  mirror.s3.onRequest = async ({ operation, readBody }) => {
    if (operation !== 'DeleteObjects') return undefined;
    deletes.push((await readBody()).includes('<ETag>') ? 'with ETags' : 'without');
    return { status: 403, code: 'AccessDenied' };
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', totals: { deleted: 1 } }); // the odd one, by a request of its own
  expect(deletes.filter((kind) => kind === 'with ETags').length).toBeLessThanOrEqual(deletes.length / 2);
  expect(destination.get('orphan')).toBeDefined();
});
