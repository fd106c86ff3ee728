import { S3LockStore } from '../../../lambdas/host/lock-store/s3-lock-store';
import type { Fault, RequestInfo } from '../../../local/s3';
import { unlock } from '../../../local/unlock';
import { contentsOf } from '../../support/contents';
import { holdersOf, LOCK_KEY, newHolder, putHolders } from '../../support/lock-object';
import { past, useMirror } from '../../support/mirror';
import { createSmallPair, type Refusal, without, withoutQuotes } from '../../support/unconditional-s3';

const mirror = useMirror();
const createPair = () => createSmallPair(mirror);

/** Of all requests with such a condition, deletes included. */
const refusingIfMatch = ({ headers }: RequestInfo): Refusal =>
  headers['if-match'] ? { status: 501, code: 'NotImplemented' } : undefined;

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

it('treats the page of a proxy as no answer about the lock', async () => {
  const { destination } = createPair();
  mirror.overlooksLock = false;
  const store = new S3LockStore({ destination: destination.name, region: 'us-east-1', owner: undefined });
  mirror.s3.onRequest = ({ key }) => (key === LOCK_KEY ? { status: 200, page: '<html>Log in' } : undefined);
  const error = {
    name: 'UnreadableAnswer',
    message: expect.stringMatching(/lock.*Something else than S3 may have answered, such as a proxy\). Run it again/),
  };

  await expect(store.read()).rejects.toMatchObject(error);
  await expect(store.write('{"holders":[]}', undefined)).rejects.toMatchObject(error);
  await expect(store.write('{"holders":[]}', '"x"')).rejects.toMatchObject(error);
});
