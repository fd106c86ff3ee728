import { NoRunStore } from '../../../lambdas/host/run-store/no-run-store';
import type { RunSummary } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';

const mirror = useMirror();
const name = (index: number) => `k${String(index).padStart(4, '0')}`;

beforeAll(() => void mirror.s3.createBucket('reports'));

/** A list where the functions may read it. @returns its address */
function putList(content: string, key = 'list.jsonl'): string {
  mirror.s3.bucket('reports').put(`keys/${key}`, content);
  return `s3://reports/keys/${key}`;
}

const listOf = (keys: readonly string[]) => putList(keys.map((key) => JSON.stringify({ key })).join('\n'));

/** Objects that are equal on both sides, but for a few. */
function createLargePair() {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 3000; index++) {
    source.put(name(index), 'x', { lastModified: past });
    if (index % 1000 !== 7) destination.put(name(index), index % 1000 === 8 ? 'outdated' : 'x');
  }
  destination.put('orphan', 'x');
  return { source, destination, input };
}

const keysOf = (summary: RunSummary) =>
  reportLines(summary, 'actions')
    .map(({ action, key }) => `${action} ${key}`)
    .sort();

it('copies and deletes what the list names, and leaves everything else alone', async () => {
  const { destination, input } = createLargePair();
  const before = contentsOf(destination);

  const summary = await mirror.run({ ...input, keys: listOf([name(7), name(8), name(9), 'orphan', 'nobody has it']) });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, unchanged: 3, deleted: 1 } });
  expect(keysOf(summary)).toEqual([`copy ${name(7)}`, `copy ${name(8)}`, 'delete orphan']);
  for (const index of [1007, 1008, 2007])
    expect(contentsOf(destination).get(name(index))).toBe(before.get(name(index)));
});

it('asks for lone keys by HEAD, and lists nothing', async () => {
  const { input } = createLargePair();
  const keys = listOf([name(7), name(1500), 'orphan']);
  await mirror.run({ ...input, keys });
  // each loop asks for a key on its own side first, and on the other side only if it is there
  expect(mirror.s3.requests.of('ListObjectsV2')).toBe(0);
  expect(mirror.s3.requests.of('HeadObject')).toBeLessThanOrEqual(4 * 3 - 1);
});

it.each(['source', 'destination'] as const)('takes no key for absent because the %s denies HEADs', async (side) => {
  const pair = createLargePair();
  const { destination, input } = pair;
  const keys = [name(7), name(9), 'nobody has it', 'orphan'];
  mirror.s3.onRequest = ({ operation, bucket, key = '' }) =>
    operation === 'HeadObject' && bucket === pair[side].name && keys.includes(key)
      ? { status: 403, code: 'AccessDenied' }
      : undefined;

  const summary = await mirror.run({ ...input, keys: listOf(keys) });

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, deleted: 1, failed: 0 } });
  expect(destination.get(name(9))).toBeDefined();
});

describe('with another S3', () => {
  let authorize: typeof mirror.s3.authorize;
  beforeEach(() => {
    // no role of AWS is asked there
    authorize = mirror.s3.authorize;
    mirror.s3.authorize = async () => true;
  });
  afterEach(() => {
    mirror.s3.authorize = authorize;
  });
  const options = { host: { trustsListings: false } };

  it('deletes nothing if a proxy answers every HEAD by 404', async () => {
    const { source, destination, input } = createLargePair();
    mirror.s3.onRequest = ({ operation, bucket, key = '' }) =>
      operation === 'HeadObject' && bucket === source.name && key.startsWith('k')
        ? { status: 404, code: 'NotFound' }
        : undefined;

    const summary = await mirror.run({ ...input, keys: listOf([name(7), name(9)]), compare: 'size' }, options);

    expect(summary).toMatchObject({ totals: { deleted: 0 } });
    expect(destination.get(name(9))).toBeDefined();
  });

  it('lists nothing for lone keys that the destination lacks', async () => {
    const { source, input } = createLargePair();
    const lists: string[] = [];
    mirror.s3.onRequest = ({ operation, bucket, query }) => {
      const isOfWalk = operation === 'ListObjectsV2' && query.get('start-after') !== null;
      if (isOfWalk) lists.push(bucket);
      return undefined;
    };
    const keys = listOf([name(7), name(1007), name(2007)]);

    const summary = await mirror.run({ ...input, keys, delete: false }, options);

    expect({ copied: summary.totals.copied, lists, from: source.name }).toEqual({
      copied: 3,
      lists: [],
      from: source.name,
    });
  });
});

it('lists neighbours: three thousand keys cost as many pages as a full run, and a few HEADs', async () => {
  const { input } = createLargePair();
  const keys = listOf(Array.from({ length: 3000 }, (_, index) => name(index)));

  const summary = await mirror.run({ ...input, keys, delete: false, compare: 'size' });

  expect(summary.totals).toMatchObject({ listed: 3000, copied: 6, unchanged: 2994 });
  expect(mirror.s3.requests.of('ListObjectsV2')).toBeLessThanOrEqual(8);
  expect(mirror.s3.requests.of('HeadObject')).toBeLessThanOrEqual(2 * 4 * 12);
});

it.each([{ dryRun: true }, { verify: true }])(
  'decides both sides by one walk in a phase that writes nothing: %j',
  async (more) => {
    const { input } = createLargePair();
    const keys = [name(7), name(9), 'orphan'];
    let asked: string[] = [];
    mirror.s3.onRequest = ({ operation, bucket, key }) => {
      if (operation === 'HeadObject' && keys.includes(key ?? '')) asked.push(`${bucket}/${key}`);
      // The phase before has ended with these requests.
      if (operation === 'CopyObject' || operation === 'DeleteObjects') asked = [];
      return undefined;
    };

    const summary = await mirror.run({ ...input, keys: listOf(keys), ...more });

    expect(asked.sort()).toEqual(
      [input.destination, input.source].flatMap((side) => keys.map((key) => `${side}/${key}`)),
    );
    expect(summary).toMatchObject({ status: 'succeeded', totals: more.dryRun ? { copied: 1, deleted: 1 } : {} });
  },
);

it('keeps to `maxDeletes`: a percentage is of the keys that the destination has', async () => {
  const { input } = createLargePair();
  const keys = listOf([name(1), name(2), name(3), 'orphan']);
  expect(await mirror.run({ ...input, keys, maxDeletes: '24%' })).toMatchObject({
    error: { name: 'DeleteGuardError' },
  });
  expect(await mirror.run({ ...input, keys, maxDeletes: '25%' })).toMatchObject({ totals: { deleted: 1 } });
});

it.each([{}, { dryRun: true }, { maxDeletes: 5 }, { mode: 'publish' }])(
  'does not take a source for empty of which it looked only at orphans: %j',
  async (more) => {
    const { input } = createLargePair();
    const summary = await mirror.run({ ...input, keys: listOf(['orphan']), ...more });
    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 1 } });
  },
);

it('reads the list once: who changes it during the run changes nothing', async () => {
  const { input } = createLargePair();
  const keys = listOf([name(7), name(8)]);
  const summary = await mirror.run(
    { ...input, keys },
    {
      around: (task, _input, invoke) => {
        if (task === 'CopyRange') listOf([name(1007)]);
        return invoke();
      },
    },
  );
  expect(keysOf(summary)).toEqual([`copy ${name(7)}`, `copy ${name(8)}`]);
});

it('may be validated again after an attempt whose answer was lost', async () => {
  const { input } = createLargePair();
  const keys = listOf([name(7)]);
  const summary = await mirror.run(
    { ...input, keys },
    {
      around: async (task, _input, invoke) => {
        if (task === 'ValidateInput') await invoke();
        return invoke();
      },
    },
  );
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
});

it.each([
  [
    'a bad line',
    () => putList('"a"\nb'),
    'Expected line 2 of s3://reports/keys/list.jsonl, which `keys` names, to be {"key": "..."}',
  ],
  [
    'no list',
    () => 's3://reports/keys/none',
    'Expected `keys` to name a list that can be read, got s3://reports/keys/none: ',
  ],
  [
    'no bucket',
    () => 's3://no-bucket/none',
    'Expected `keys` to name a list that can be read, got s3://no-bucket/none: ',
  ],
  [
    'an empty list',
    () => putList('', 'empty.jsonl'),
    'Expected `keys` to name a list of keys, got no key in s3://reports/keys/empty.jsonl',
  ],
  [
    'no file',
    () => 'file:///no/such/list.txt',
    'Expected `keys` to name a list that can be read, got file:///no/such/list.txt: ',
  ],
  [
    'no place',
    () => 'list.txt',
    'Expected `keys` to be the place of a list of keys: s3://bucket/key, or a file of this machine',
  ],
])('rejects %s before anything is written', async (_what, place, message) => {
  const { destination, input } = createLargePair();
  const before = contentsOf(destination);
  const summary = await mirror.run({ ...input, keys: place() });
  expect(summary).toMatchObject({
    error: { name: 'InvalidInputError', message: expect.stringContaining(message) },
    phases: [],
  });
  expect(contentsOf(destination)).toEqual(before);
});

it('rejects a list and a run to retry at once', async () => {
  const { input } = createLargePair();
  const summary = await mirror.run({ ...input, keys: 's3://reports/keys/a', retry: 'a-run' });
  expect(summary.error?.message).toContain('Expected `keys` or `retry`, got both');
});

it('rejects a file in AWS, where no function can read it', async () => {
  const { input } = createLargePair();
  const executionId = 'arn:aws:states:us-east-1:111122223333:execution:BucketSync:a';
  const summary = await mirror.run({ ...input, keys: 'file:///tmp/list.txt' }, { executionId });
  expect(summary.error?.message).toContain('a function in AWS cannot read files of another machine');
});

it('requires a place for reports, where its Tasks find the list', async () => {
  const { input } = createLargePair();
  const keys = listOf(['a']);
  const summary = await mirror.run({ ...input, keys, dryRun: true }, { host: { runStore: new NoRunStore() } });
  expect(summary.error?.message).toContain('Expected a place for reports if `keys` is set');
});

it('reads a list in several pieces, and notices if it is replaced meanwhile', async () => {
  const { input } = createLargePair();
  const padding = 'x'.repeat(50_000);
  const long = Array.from({ length: 200 }, (_, index) => JSON.stringify({ key: `no/such/${index}`, padding })).join(
    '\n',
  );
  const whole = await mirror.run({ ...input, keys: putList(`${long}\n"${name(7)}"`, 'long.jsonl') });
  expect(whole).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });

  let pieces = 0;
  mirror.s3.onRequest = ({ operation, bucket }) => {
    if (operation === 'GetObject' && bucket === 'reports' && ++pieces === 2) putList(`${long}\n"a"`, 'long.jsonl');
    return undefined;
  };
  const replaced = await mirror.run({ ...input, keys: 's3://reports/keys/long.jsonl' });
  expect(replaced.error).toMatchObject({ name: 'InvalidInputError', message: expect.stringContaining('can be read') });
});
