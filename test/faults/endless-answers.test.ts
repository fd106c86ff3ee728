import { contentsOf } from '../support/contents';
import { past, useMirror } from '../support/mirror';
import { retryAtOnce } from '../support/retries';

const mirror = useMirror();
retryAtOnce();

const trickle = { endless: ' ', pauseMs: 5 } as const;
const flood = ' '.repeat(65_536);

/** Much that is copied, looked at and deleted: small, in parts, empty, odd. */
function createPair() {
  const pair = mirror.createPair();
  for (const key of ['a', 'b', 'same']) pair.source.put(key, 'x', { lastModified: past });
  pair.source.put('empty', '', { lastModified: past });
  pair.destination.put('same', 'x', { lastModified: past });
  for (const key of ['orphan', 'odd \u0001 orphan']) pair.destination.put(key, 'x');
  return pair;
}

describe('a list page that comes a byte at a time', () => {
  it.each(['source', 'destination'] as const)('does not hold a run whose time is over: of the %s', async (side) => {
    // Given a clock that shows, once a Task has asked for a page, that a fifth of a second is left for it
    const { destination, input } = createPair();
    const before = contentsOf(destination);
    let passedMs = 0;
    mirror.s3.onRequest = ({ operation, bucket, query }) => {
      if (operation !== 'ListObjectsV2' || bucket !== input[side] || query.get('max-keys') === '1') return undefined;
      if (passedMs > 0) return trickle;
      passedMs = 500 + 10_000 - 200;
      return { status: 503, code: 'SlowDown' };
    };

    // When
    const oneLoop = { ...input, delete: false };
    const summary = await mirror.run(oneLoop, {
      host: { now: () => Date.now() + passedMs, roundBudgetsMs: [500] },
      around: (_task, _input, invoke) => {
        passedMs = 0;
        return invoke();
      },
    });

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' }, totals: { deleted: 0 } });
    expect(contentsOf(destination)).toEqual(before);
  });

  it.each([
    ['in the loops', (maxKeys: string | null) => maxKeys !== '1'],
    ['while the input is checked', (maxKeys: string | null) => maxKeys === '1'],
  ])('does not hold a run that somebody stops: %s', async (_when, isMeant) => {
    // Given
    const { destination, input } = createPair();
    const before = contentsOf(destination);
    const controller = new AbortController();
    mirror.s3.onRequest = ({ operation, query }) => {
      if (operation !== 'ListObjectsV2' || !isMeant(query.get('max-keys'))) return undefined;
      setImmediate(() => controller.abort());
      return trickle;
    };

    // When
    const summary = await mirror.run(input, { host: { signal: controller.signal } });

    // Then
    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
    expect(contentsOf(destination)).toEqual(before);
  });

  it('in the middle keeps the completed work, and the next run continues', async () => {
    const { source, destination, input } = createPair();
    const controller = new AbortController();
    let pages = 0;
    mirror.s3.onRequest = ({ operation, bucket, query }) => {
      if (operation !== 'ListObjectsV2' || bucket !== input.source || query.get('max-keys') === '1') return undefined;
      pages += 1;
      if (pages < 2) return undefined;
      setImmediate(() => controller.abort());
      return trickle;
    };
    const options = { pageSize: 2, serial: true };

    const stopped = await mirror.run({ ...input, delete: false }, { ...options, host: { signal: controller.signal } });
    expect(stopped).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
    mirror.s3.onRequest = undefined;
    const next = await mirror.run(input, options);

    expect(next).toMatchObject({ status: 'succeeded' });
    expect(stopped.totals.copied + next.totals.copied).toBe(3);
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });
});

describe('an answer without end', () => {
  it('to ListObjectsV2 ends the run, and nothing is deleted', async () => {
    const { destination, input } = createPair();
    const before = contentsOf(destination);
    mirror.s3.onRequest = ({ operation, query }) =>
      operation === 'ListObjectsV2' && query.get('max-keys') !== '1' ? { endless: flood } : undefined;

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'ListingError' } });
    expect(summary.error?.message).toContain('16 MiB');
    expect(contentsOf(destination)).toEqual(before);
  });

  it.each([
    ['CopyObject', 200],
    ['CopyObject', 403],
    ['DeleteObjects', 200],
    ['DeleteObject', 403],
  ])(
    'to %s, under the status %i, fails the objects that it is about, and the next run does them',
    async (meant, status) => {
      const { source, destination, input } = createPair();
      await mirror.run({ ...input, dryRun: true });
      let checked = false;
      mirror.s3.onRequest = ({ operation, query }) => {
        checked ||= operation === 'ListObjectsV2' && query.get('max-keys') !== '1';
        return checked && operation === meant ? { endless: flood, status } : undefined;
      };

      const summary = await mirror.run(input);

      expect(summary).toMatchObject({ status: 'failed', error: { name: 'SyncIncompleteError' } });
      mirror.s3.onRequest = undefined;
      expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
      expect(contentsOf(destination)).toEqual(contentsOf(source));
    },
  );

  it('to the probe whether an object can be read is no denial: the server sends all of it', async () => {
    const { source, destination, input } = createPair();
    mirror.s3.onRequest = ({ operation }) => (operation === 'GetObject' ? { endless: flood } : undefined);

    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
    expect(contentsOf(destination)).toEqual(contentsOf(source));
  });
});
