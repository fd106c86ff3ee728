import type { Bucket, RequestHook } from '../../../local/s3';
import type { RangeInput } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { EmptyPages } from '../../support/empty-pages';
import { type MirrorOptions, past, useMirror } from '../../support/mirror';

const mirror = useMirror();
// what is tested are loops that walk the buckets and act at once
mirror.walksAndActs = true;

const name = (index: number) => `k${String(index).padStart(2, '0')}`;
const keysOf = (bucket: Bucket) => [...contentsOf(bucket).keys()];

/** Twenty objects, of which each side lacks some. */
function createPair() {
  const pair = mirror.createPair();
  for (let index = 0; index < 20; index++) {
    if (index % 3 !== 0) pair.source.put(name(index), 'x', { lastModified: past });
    if (index % 4 !== 0) pair.destination.put(name(index), 'x');
  }
  return pair;
}

/** A clock that goes on with each look at it, so that a round ends after some pages. */
function shortRounds(more: MirrorOptions = {}): MirrorOptions & { readonly rounds: Map<string, number> } {
  let clock = 0;
  const rounds = new Map<string, number>();
  return {
    serial: true,
    pageSize: 5,
    host: { roundBudgetsMs: [24], now: () => clock++, ...more.host },
    around: (task, input, invoke) => {
      if (task === 'CopyRange' || task === 'DeleteRange') rounds.set(task, (input as RangeInput).round + 1);
      return invoke();
    },
    rounds,
  };
}

/** Only what `ValidateInput` does not ask for. */
const afterValidation = (hook: RequestHook): RequestHook => {
  return (request) => (request.query.get('max-keys') === '1' ? undefined : hook(request));
};

describe.each(['source', 'destination'] as const)('a stretch without keys at the %s', (side) => {
  it.each<[where: string, isIn: (startAfter: string) => boolean]>([
    ['the beginning', (startAfter) => startAfter < name(0)],
    ['the middle', (startAfter) => startAfter >= name(7) && startAfter < name(8)],
    ['every place', () => true],
  ])('is passed over several rounds, each going on where the last one stopped: at %s', async (_where, isIn) => {
    const { input, ...pair } = createPair();
    const pages = new EmptyPages(pair[side].name, 40, isIn);
    mirror.s3.onRequest = afterValidation(pages.onRequest);
    const options = shortRounds();

    const summary = await mirror.run(input, options);

    expect(summary.status).toBe('succeeded');
    expect(keysOf(pair.destination)).toEqual(keysOf(pair.source));
    // how many depends on the order of answers; a round has fewer readings than there are pages
    expect(Math.max(...options.rounds.values())).toBeGreaterThan(1);
    expect(pages.sent).toBeLessThan(200 * 40);
  });
});

it('begins a range again if S3 no longer accepts the token of an earlier round', async () => {
  const { source, destination, input } = createPair();
  const pages = new EmptyPages(source.name, 12);
  let refused = 0;
  let earlier = '';
  mirror.s3.onRequest = afterValidation((request) => {
    const token = request.query.get('continuation-token');
    if (token && request.bucket === source.name && refused < 2 && earlier.includes(JSON.stringify(token))) {
      refused += 1;
      earlier = '';
      return { status: 400, code: 'InvalidArgument', message: 'The continuation token provided is incorrect' };
    }
    return pages.onRequest(request);
  });
  const { around: follow, ...options } = shortRounds({});

  const summary = await mirror.run(input, {
    ...options,
    around: (task, taskInput, invoke) => {
      if (task === 'CopyRange') earlier = JSON.stringify((taskInput as RangeInput).tokens);
      return follow?.(task, taskInput, invoke) ?? invoke();
    },
  });

  expect(refused).toBeGreaterThan(0);
  expect(summary.status).toBe('succeeded');
  expect(keysOf(destination)).toEqual(keysOf(source));
});

describe('a listing that never ends', () => {
  it.each([
    ['the source', 'source'],
    ['the destination', 'destination'],
  ] as const)('ends with Ctrl-C: of %s', async (_what, side) => {
    const { input, ...pair } = createPair();
    const stop = new AbortController();
    const pages = new EmptyPages(pair[side].name, Number.POSITIVE_INFINITY);
    mirror.s3.onRequest = afterValidation((request) => {
      if (pages.sent > 50) stop.abort();
      return pages.onRequest(request);
    });

    const summary = await mirror.run(input, { host: { signal: stop.signal } });

    expect(summary).toMatchObject({ status: 'failed', error: { name: 'InterruptedError' } });
    expect(pages.sent).toBeLessThan(100);
  });

  it('ends with Ctrl-C before the run began', async () => {
    const { source, input } = createPair();
    const stop = new AbortController();
    const pages = new EmptyPages(source.name, Number.POSITIVE_INFINITY);
    mirror.s3.onRequest = (request) => {
      if (pages.sent > 20) stop.abort();
      return pages.onRequest(request);
    };

    const summary = await mirror.run(input, { host: { signal: stop.signal } });

    expect(summary).toMatchObject({ phases: [], error: { name: 'InterruptedError' } });
    expect(pages.sent).toBeLessThan(30);
  });

  it('lets the plan find out whether the source is empty, if the look before the run takes too long', async () => {
    const { source, destination, input } = createPair();
    const pages = new EmptyPages(source.name, 60);
    mirror.s3.onRequest = pages.onRequest;
    let [clock, tickMs] = [0, 1_000];
    const around: MirrorOptions['around'] = (task, _input, invoke) => {
      tickMs = task === 'ValidateInput' ? 1_000 : 1;
      return invoke();
    };

    const summary = await mirror.run(input, { serial: true, host: { now: () => (clock += tickMs) }, around });

    expect(summary).toMatchObject({ status: 'succeeded', phases: [{ name: 'plan' }, { name: 'sync' }] });
    expect(keysOf(destination)).toEqual(keysOf(source));
  });

  it.each([1, 2, 3, 7])('ends with ListingError if its tokens go in a circle of %i', async (length) => {
    const { source, destination, input } = createPair();
    const before = keysOf(destination);
    const pages = new EmptyPages(source.name, Number.POSITIVE_INFINITY);
    mirror.s3.onRequest = afterValidation((request) => {
      const fault = pages.onRequest(request) as { rewrite(body: string): string } | undefined;
      if (!fault) return undefined;
      const inCircle = (body: string) =>
        body.replace(/empty-(\d+)-/g, (_all, page) => `empty-${Number(page) % length || length}-`);
      return { rewrite: (body) => inCircle(fault.rewrite(body)) };
    });

    const summary = await mirror.run({ ...input, delete: false });

    expect(summary).toMatchObject({ error: { name: 'ListingError', message: expect.stringContaining('again') } });
    expect(keysOf(destination)).toEqual(before);
  });
});

describe('a server that rejects its own continuation tokens', () => {
  it.each([400, 501])('is listed by StartAfter, page after page, in one round: %i', async (status) => {
    const { source, destination, input } = createPair();
    const options = shortRounds({ host: { roundBudgetsMs: [1_000_000] } });
    mirror.s3.onRequest = ({ operation, query }) =>
      operation === 'ListObjectsV2' && query.has('continuation-token')
        ? { status, code: 'InvalidArgument' }
        : undefined;

    const summary = await mirror.run(input, { ...options, pageSize: 2 });

    expect(summary.status).toBe('succeeded');
    expect(keysOf(destination)).toEqual(keysOf(source));
    expect([...options.rounds.values()]).toEqual([1, 1]);
  });

  it('ends with ListingError if it does not support StartAfter either', async () => {
    const { destination, input } = createPair();
    const before = keysOf(destination);
    mirror.s3.onRequest = ({ operation, query }) => {
      query.delete('start-after');
      return operation === 'ListObjectsV2' && query.has('continuation-token')
        ? { status: 400, code: 'InvalidArgument' }
        : undefined;
    };

    const summary = await mirror.run(input, { serial: true, pageSize: 2 });

    expect(summary.error?.name).toBe('ListingError');
    expect(keysOf(destination).filter((key) => key > name(4))).toEqual(before.filter((key) => key > name(4)));
  });
});
