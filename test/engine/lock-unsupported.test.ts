import type { RequestInfo } from '../../local/s3';
import { contentsOf } from '../support/contents';
import { holdersOf, LOCK_KEY } from '../support/lock-object';
import { past, useMirror } from '../support/mirror';

const mirror = useMirror();

function createPair() {
  const pair = mirror.createPair();
  pair.source.put('a', 'x', { lastModified: past });
  pair.destination.put('orphan', 'x');
  return pair;
}

type Refusal = { readonly status: number; readonly code: string } | undefined;
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
  [
    'does not know conditions',
    ({ operation, headers }) =>
      operation === 'PutObject' && (headers['if-none-match'] || headers['if-match'])
        ? { status: 501, code: 'NotImplemented' }
        : undefined,
  ],
])('ends a run before it writes where the S3 of the destination %s, and says what to do', async (_how, answer) => {
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
])('ends a run by name where the S3 of the destination refuses every condition with %d', async (status, code) => {
  const { destination, input } = createPair();
  mirror.overlooksLock = false;
  mirror.s3.onRequest = ({ operation, key }) =>
    operation === 'PutObject' && key === LOCK_KEY ? { status, code } : undefined;

  const { error } = await mirror.run(input);

  expect(error).toMatchObject({ name: 'AlreadyRunningError' });
  expect(error?.message).toContain('--no-lock');
  expect([...contentsOf(destination).keys()]).toEqual(['orphan']);
});

it.each<[how: string, answer: (request: RequestInfo) => Refusal]>([
  [
    'ignores If-Match in deletes',
    ({ operation, headers }) => {
      if (operation === 'DeleteObject') delete headers['if-match'];
      return undefined;
    },
  ],
  [
    'does not know If-Match in deletes',
    ({ operation, headers }) =>
      operation === 'DeleteObject' && headers['if-match'] ? { status: 501, code: 'NotImplemented' } : undefined,
  ],
])('leaves a lock without holders where the S3 of the destination %s, and takes it again', async (_how, answer) => {
  const { destination, input } = createPair();
  mirror.overlooksLock = false;
  mirror.s3.onRequest = (request) => (request.key?.startsWith('.bucketsync/') ? answer(request) : undefined);

  for (let run = 0; run < 2; run++) {
    expect(await mirror.run(input)).toMatchObject({ status: 'succeeded' });
    const keys = [...destination.index.after('')].map(({ key }) => key);
    expect(keys).toEqual([LOCK_KEY, 'a']);
  }
});
