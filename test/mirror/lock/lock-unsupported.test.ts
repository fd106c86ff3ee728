import { randomUUID } from 'node:crypto';
import { S3LockStore } from '../../../lambdas/host/lock-store/s3-lock-store';
import { openRunStore } from '../../../lambdas/host/run-store/open-run-store';
import type { Fault, RequestInfo } from '../../../local/s3';
import { unlock } from '../../../local/unlock';
import { contentsOf } from '../../support/contents';
import { holdersOf, LOCK_KEY, newHolder, putHolders } from '../../support/lock-object';
import { past, useMirror } from '../../support/mirror';

const mirror = useMirror();

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  pair.destination.put('orphan', 'x');
  return pair;
}

type Refusal = { readonly status: number; readonly code: string } | undefined;
/** Of all requests with such a condition, deletes included. */
const refusingIfMatch = ({ headers }: RequestInfo): Refusal =>
  headers['if-match'] ? { status: 501, code: 'NotImplemented' } : undefined;
const without =
  (...ignored: string[]) =>
  ({ operation, headers }: RequestInfo): Refusal => {
    if (operation === 'PutObject') for (const header of ignored) delete headers[header];
    return undefined;
  };

it.each<[how: string, answer: (request: RequestInfo) => Refusal]>([
  ['ignores If-None-Match', without('if-none-match')],
  ['ignores If-Match', without('if-match')],
  ['ignores both', without('if-none-match', 'if-match')],
  ['refuses If-Match everywhere', refusingIfMatch],
  [
    'has no object to replace where there should be none',
    ({ operation, headers }) =>
      operation === 'PutObject' && headers['if-none-match'] ? { status: 404, code: 'NoSuchKey' } : undefined,
  ],
  ...[
    [400, 'InvalidArgument'],
    [400, 'InvalidRequest'],
    [405, 'MethodNotAllowed'],
    [501, 'NotImplemented'],
  ].map(([status, code]): [string, (request: RequestInfo) => Refusal] => [
    `refuses conditions with ${status} ${code}`,
    ({ operation, headers }) =>
      operation === 'PutObject' && (headers['if-none-match'] || headers['if-match'])
        ? { status: Number(status), code: String(code) }
        : undefined,
  ]),
])('ends a run before it writes if the S3 of the destination %s, and says what to do', async (_how, answer) => {
  const { destination, input } = createPair();
  mirror.overlooksLock = false;
  mirror.s3.onRequest = (request) => (request.key?.startsWith('.bucketsync/') ? answer(request) : undefined);

  const { error, phases } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'LockUnsupportedError' });
  expect(error?.message).toContain('--no-lock');
  expect(error?.message).toContain('lock: "reports"');
  expect(phases).toEqual([]);
  expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
  expect(holdersOf(destination)).toEqual([]);
  expect(await mirror.run({ ...input, lock: 'none' })).toMatchObject({ status: 'succeeded' });
});

it.each([
  [412, 'PreconditionFailed'],
  [409, 'ConditionalRequestConflict'],
])(
  'ends a run with a named error if the S3 of the destination rejects every condition with %d',
  async (status, code) => {
    const { destination, input } = createPair();
    mirror.overlooksLock = false;
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === 'PutObject' && key === LOCK_KEY ? { status, code } : undefined;

    const { error } = await mirror.run(input);

    expect(error).toMatchObject({ name: 'AlreadyRunningError' });
    expect(error?.message).toContain('--no-lock');
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
  },
);

it.each<[how: string, answer: (request: RequestInfo) => Refusal]>([
  [
    'ignores If-Match in deletes',
    ({ operation, headers }) => {
      if (operation === 'DeleteObject') delete headers['if-match'];
      return undefined;
    },
  ],
  ...[
    [400, 'InvalidArgument'],
    [501, 'NotImplemented'],
  ].map(([status, code]): [string, (request: RequestInfo) => Refusal] => [
    `answers If-Match in deletes with ${status} ${code}`,
    ({ operation, headers }) =>
      operation === 'DeleteObject' && headers['if-match'] ? { status: Number(status), code: String(code) } : undefined,
  ]),
])('leaves a lock without holders if the S3 of the destination %s, and takes it again', async (_how, answer) => {
  const { destination, input } = createPair();
  mirror.overlooksLock = false;
  mirror.s3.onRequest = (request) => (request.key?.startsWith('.bucketsync/') ? answer(request) : undefined);

  for (let run = 0; run < 2; run++) {
    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
    const keys = [...destination.index.after('')].map(({ key }) => key);
    expect(keys).toEqual([LOCK_KEY, 'a']);
  }
});

it('leaves nothing but the mirror in a destination whose policy enforces conditions of deletes', async () => {
  const { source, destination, input } = mirror.createPair({ destination: { enforces: { deletes: true } } });
  source.put('a', 'x', { lastModified: past });
  mirror.overlooksLock = false;

  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });

  expect([...destination.index.after('')].map(({ key }) => key)).toEqual(['a']);
});

/** As radosgw does it, which also heeds no condition in deletes. @param ofBare  what it does if the ETag has no quotes */
const withoutQuotes =
  (ofBare: (request: RequestInfo) => void = () => {}) =>
  (request: RequestInfo): Refusal => {
    const { operation, headers } = request;
    if (operation === 'DeleteObject') delete headers['if-match'];
    if (operation !== 'PutObject' || headers['if-match'] === undefined) return undefined;
    if (headers['if-match'].includes('"')) return { status: 412, code: 'PreconditionFailed' };
    ofBare(request);
    return undefined;
  };

it('releases the lock if the S3 of the destination takes the quotes of an ETag for a part of the ETag', async () => {
  const { destination, input } = createPair();
  mirror.overlooksLock = false;
  const answer = withoutQuotes();
  mirror.s3.onRequest = (request) => (request.key?.startsWith('.bucketsync/') ? answer(request) : undefined);

  for (let run = 0; run < 2; run++) {
    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
    expect(holdersOf(destination)).toEqual([]);
  }
  expect([...destination.index.after('')].map(({ key }) => key)).toEqual([LOCK_KEY, 'a']);
});

it('overwrites no lock if the S3 of the destination ignores a condition whose ETag has no quotes', async () => {
  const { destination } = createPair();
  putHolders(destination, [newHolder()]);
  const store = new S3LockStore({ destination: destination.name, region: 'us-east-1', owner: undefined });
  mirror.overlooksLock = false;
  mirror.s3.onRequest = withoutQuotes(({ headers }) => delete headers['if-match']);
  const before = await store.read();

  expect(await store.write('another lock', before?.version)).toBe(false);
  expect(await store.write('another lock', '"00000000000000000000000000000001"')).toBe(false);
  expect(await store.read()).toMatchObject({ body: before?.body });
  expect([...destination.index.after('')].map(({ key }) => key)).toEqual([LOCK_KEY, 'orphan']);
});

describe('a lock in a report bucket of such an S3', () => {
  beforeAll(() => {
    mirror.s3.authorize = undefined; // roles are for AWS
  });
  afterAll(() => {
    mirror.s3.authorize = (request) => mirror.iam.authorize(request);
  });

  const useReports = () => mirror.s3.createBucket(`reports-${randomUUID().slice(0, 8)}`);
  const isConditional = ({ headers }: RequestInfo) => headers['if-none-match'] ?? headers['if-match'];
  const refusing = (request: RequestInfo): Refusal =>
    isConditional(request) ? { status: 501, code: 'NotImplemented' } : undefined;
  const isInReports = ({ bucket }: RequestInfo) => bucket.startsWith('reports-');

  it.each([
    ['If-None-Match', ['if-none-match']],
    ['If-Match', ['if-match']],
    ['both conditions', ['if-none-match', 'if-match']],
  ])('ends a run before it writes if the S3 ignores %s', async (_what, ignored) => {
    const { destination, input } = createPair();
    const reports = useReports();
    const runStore = openRunStore(`s3://${reports.name}`);
    const answer = without(...ignored);
    mirror.s3.onRequest = (request) => (request.key?.startsWith('locks/buckets/') ? answer(request) : undefined);

    const { error, phases } = await mirror.run({ ...input, lock: 'reports' }, { host: { runStore } });

    expect(error).toMatchObject({ name: 'LockUnsupportedError' });
    expect(error?.message).toContain(`s3://${reports.name}/`);
    expect(error?.message).toContain('--no-lock');
    expect(phases).toEqual([]);
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
    const left = await runStore.get(`locks/buckets/${destination.name}.json`);
    expect(JSON.parse(left?.body.toString() ?? '{"holders":[]}')).toEqual({ holders: [] });
  });

  it.each([
    ['if-none-match', 400, 'InvalidArgument'],
    ['if-none-match', 400, 'InvalidRequest'],
    ['if-none-match', 405, 'MethodNotAllowed'],
    ['if-none-match', 501, 'NotImplemented'],
    ['if-match', 501, 'NotImplemented'],
  ])('ends a run before it writes if the S3 refuses %s with %d %s', async (header, status, code) => {
    const { destination, input } = createPair();
    const reports = useReports();
    const runStore = openRunStore(`s3://${reports.name}`);
    mirror.s3.onRequest = (request) => {
      return isInReports(request) && request.headers[header] ? { status, code } : undefined;
    };

    const { error, phases } = await mirror.run({ ...input, lock: 'reports' }, { host: { runStore } });

    expect(error).toMatchObject({ name: 'LockUnsupportedError', message: expect.stringContaining(code) });
    expect(error?.message).toContain(`s3://${reports.name}/`);
    expect(error?.message).toContain('--no-lock');
    expect(phases).toEqual([]);
    expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
    expect(await runStore.list('locks/')).toEqual([]);
    expect(await mirror.run({ ...input, lock: 'none' }, { host: { runStore } })).toMatchObject({ status: 'succeeded' });
  });

  it('is not needed if the lock is at the destination: the report is written, and never replaced', async () => {
    const reports = useReports();
    for (const answer of [without('if-none-match', 'if-match'), refusing]) {
      const { input } = createPair();
      const runStore = openRunStore(`s3://${reports.name}`);
      mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);

      const { status, runId } = await mirror.run({ ...input, maxDeletes: 1 }, { host: { runStore } });

      const summary = `runs/${runId}/summary.json`;
      expect(status).toBe('succeeded');
      expect(await runStore.putIfAbsent(summary, 'of another')).toBe(false);
      expect(await bodyOf(reports, summary)).toContain(runId);
    }
  });

  it('does not let a second attempt of a range spend the quota of deletes again', async () => {
    const { destination, input } = createPair();
    destination.put('orphan 2', 'x');
    const reports = useReports();
    // what is tested is a delete loop that walks the destination after the plan
    const runStore = Object.assign(openRunStore(`s3://${reports.name}`), { keepsNothing: true });
    const answer = without('if-none-match', 'if-match');
    mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);
    let attempts = 0;

    const { totals } = await mirror.run(
      { ...input, maxDeletes: 1 },
      {
        host: { runStore },
        around: async (task, _input, invoke) => {
          const result = await invoke();
          if (task !== 'DeleteRange' || attempts++ > 0) return result;
          throw Object.assign(new Error('lost'), { name: 'Lambda.Unknown' });
        },
      },
    );

    expect(attempts).toBeGreaterThan(1);
    expect(totals.deleted).toBe(0);
    expect([...contentsOf(destination).keys()]).toHaveLength(2); // one of two orphans, and the copy
  });

  it('is taken and given back', async () => {
    const { destination, input } = createPair();
    const reports = useReports();
    const answer = withoutQuotes();
    mirror.s3.onRequest = (request) => (isInReports(request) ? answer(request) : undefined);

    for (let run = 0; run < 2; run++) {
      const host = { runStore: openRunStore(`s3://${reports.name}`) };
      expect(await mirror.run({ ...input, lock: 'reports' }, { host })).toMatchObject({ status: 'succeeded' });
    }

    const locks = [...reports.index.after('')].map(({ key }) => key).filter((key) => key.startsWith('locks/buckets/'));
    expect(locks).toEqual([`locks/buckets/${destination.name}.json`]);
    expect(JSON.parse(`${await bodyOf(reports, locks[0] ?? '')}`)).toEqual({ holders: [] });
  });

  it.each([
    [400, 'InvalidArgument'],
    [403, 'AccessDenied'],
    [501, 'NotImplemented'],
  ])('is given back if the S3 answers If-Match in deletes with %d %s', async (status, code) => {
    const { destination, input } = createPair();
    const reports = useReports();
    mirror.s3.onRequest = (request) =>
      isInReports(request) && request.operation === 'DeleteObject' && request.headers['if-match']
        ? { status, code }
        : undefined;

    for (let run = 0; run < 2; run++) {
      const host = { runStore: openRunStore(`s3://${reports.name}`) };
      expect(await mirror.run({ ...input, lock: 'reports' }, { host })).toMatchObject({ status: 'succeeded' });
    }

    expect(JSON.parse(`${await bodyOf(reports, `locks/buckets/${destination.name}.json`)}`)).toEqual({ holders: [] });
  });

  it.each<[what: string, ofBare: (request: RequestInfo) => void]>([
    ['heeds ETags without quotes', () => {}],
    ['takes an ETag without quotes for no condition', ({ headers }) => delete headers['if-match']],
  ])('is never written over or deleted in another version than was read, if the S3 %s', async (_what, ofBare) => {
    const reports = useReports();
    const store = openRunStore(`s3://${reports.name}`);
    mirror.s3.onRequest = withoutQuotes(ofBare);
    await store.putIfAbsent('locks/buckets/a.json', 'of another run');

    const stale = '"00000000000000000000000000000001"';
    expect(await store.replace('locks/buckets/a.json', 'ours', stale)).toBe(false);
    expect(await store.deleteVersion('locks/buckets/a.json', stale)).toBe('unsafe');
    expect([...reports.index.after('')].map(({ key }) => key)).toEqual(['locks/buckets/a.json']);
    expect(await bodyOf(reports, 'locks/buckets/a.json')).toBe('of another run');
  });

  async function bodyOf({ name }: { readonly name: string }, key: string): Promise<string | undefined> {
    return (await openRunStore(`s3://${name}`).get(key))?.body.toString();
  }
});

it.each([
  ['PutObject', 400, 'KMS.DisabledException'],
  ['PutObject', 404, 'NoSuchBucket'],
  ['PutObject', 500, 'InternalError'],
  ['GetObject', 403, 'InvalidSecurity'],
])(
  'ends a run with the name of any other denial, and names the lock and the ways out: %s, %d %s',
  async (meant, status, code) => {
    const { destination, input } = createPair();
    if (meant === 'GetObject') putHolders(destination, [newHolder()]);
    mirror.overlooksLock = false;
    mirror.s3.onRequest = ({ operation, key }) =>
      operation === meant && key === LOCK_KEY ? { status, code } : undefined;

    const { error } = await mirror.run(input);

    expect(error).toMatchObject({ name: code });
    expect(error?.message).toContain(`s3://${destination.name}/${LOCK_KEY}`);
    expect(error?.message).toContain('lock: "reports"');
    expect(error?.message).toContain('--no-lock');
    expect([...contentsOf(destination).keys()]).toContain('orphan');
  },
);

it.each<[what: string, answer: Fault | undefined, size: number]>([
  ['whose answer does not end', { endless: ' '.repeat(65_536) }, 10],
  ['of two MiB', undefined, 2 * 1024 ** 2],
])('treats a lock %s as unreadable, and lets it be removed', async (_what, answer, size) => {
  const { destination, input } = createPair();
  destination.put(LOCK_KEY, ' '.repeat(size));
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) => (operation === 'GetObject' && key === LOCK_KEY ? answer : undefined);

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain(`The lock s3://${destination.name}/${LOCK_KEY} cannot be read`);
  expect([...contentsOf(destination).keys()]).toContain('orphan');
  const folder = { destination: destination.name, destinationPrefix: '' };
  expect(await unlock(folder, mirror.reportLocation, true)).toMatchObject([{ running: true, removed: true }]);
  mirror.s3.onRequest = undefined;
  expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
});
