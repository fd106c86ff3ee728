import { S3Destination } from '../../../lambdas/s3/buckets/s3-destination';
import { RetryEachRequest } from '../../../lambdas/s3/client/retry-each-request';
import { s3Client } from '../../../lambdas/s3/client/s3-client';
import { emptyCounters } from '../../../statemachine/contract';
import { contentsOf } from '../../support/contents';
import { useMirror } from '../../support/mirror';
import { retryAtOnce, setTimeoutOfClients } from '../../support/retries';

const mirror = useMirror();
retryAtOnce();

it('asks again if S3 does not begin to answer', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('a', 'x');
  await mirror.run({ ...input, dryRun: true }); // opens the connections
  const restore = setTimeoutOfClients('requestTimeout', 500);
  const stalled = new Set<string>();
  mirror.s3.onRequest = ({ operation, bucket }) => {
    const what = `${operation} ${bucket}`;
    if (operation === 'CopyObject' || stalled.has(what)) return undefined;
    stalled.add(what);
    return 'stall';
  };

  const summary = await mirror.run(input);

  restore();
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(stalled).toContain(`ListObjectsV2 ${source.name}`);
  expect(stalled).toContain(`ListObjectsV2 ${destination.name}`);
});

it('waits longer for a copy', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('slow', 'x');
  const restore = setTimeoutOfClients('requestTimeout', 300);
  mirror.s3.onRequest = ({ operation }) => (operation === 'CopyObject' ? { delayMs: 1500 } : undefined); // undici looks at its timeouts twice a second

  const summary = await mirror.run(input);

  restore();
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, requests: { copy: 1 } } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('asks for a copy again once its connection is silent', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('stalled', 'x');
  const restore = setTimeoutOfClients('socketTimeout', 1000);
  let copies = 0;
  mirror.s3.onRequest = ({ operation }) => (operation === 'CopyObject' && copies++ === 0 ? 'stall' : undefined);

  const summary = await mirror.run(input);

  restore();
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1 } });
  expect(copies).toBeGreaterThan(1);
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('retries each of many requests that fail at once, however often the others failed', async () => {
  const { source, destination, input } = mirror.createPair();
  for (let index = 0; index < 100; index++) source.put(`k${index}`, 'x');
  const resets = new Map<string, number>();
  mirror.s3.onRequest = ({ operation, key = '' }) => {
    const count = resets.get(key) ?? 0;
    if (operation !== 'CopyObject' || count === 4) return undefined;
    resets.set(key, count + 1);
    return 'reset';
  };

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 100, requests: { copy: 500 } } });
  expect(contentsOf(destination)).toEqual(contentsOf(source));
});

it('slows the others down as soon as S3 turns an attempt away, not when the request has ended', async () => {
  const { source, destination } = mirror.createPair();
  source.put('a', 'x');
  const eTag = source.get('a')?.eTag ?? '';
  const observer = { counters: emptyCounters().requests, slowDowns: 0, onSlowDown: () => void observer.slowDowns++ };
  const side = { client: s3Client('us-east-1'), prefix: '', owner: undefined, pageSize: 1000, observer };
  const store = new S3Destination({ ...side, bucket: destination.name }, { ...side, bucket: source.name }, {});
  const slowDownsBefore: number[] = [];
  mirror.s3.onRequest = () => {
    slowDownsBefore.push(observer.slowDowns);
    return slowDownsBefore.length < 4 ? { status: 503, code: 'SlowDown' } : undefined;
  };

  await store.copyObject({ key: 'a', sourceETag: eTag, storageClass: 'STANDARD', tags: 'copy' });

  expect(slowDownsBefore).toEqual([0, 1, 2, 3]);
  expect(observer).toMatchObject({ slowDowns: 3, counters: { copy: 4 } });
});

it.each(['CopyObject', 'HeadObject'])('asks often if S3 turns %s away, even without a code', async (refused) => {
  const { source, input } = mirror.createPair();
  source.put('empty', ''); // takes a HEAD
  let left = 20;
  mirror.s3.onRequest = ({ operation }) =>
    operation === refused && left-- > 0 ? { status: 503, code: 'SlowDown' } : undefined;

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 1, failed: 0 } });
});

it.each(['CopyObject', 'HeadObject'])('gives a %s up that S3 turns away for good, and says so', async (refused) => {
  const { source, input } = mirror.createPair();
  source.put('empty', '');
  mirror.s3.onRequest = ({ operation }) => (operation === refused ? { status: 503, code: 'SlowDown' } : undefined);

  const summary = await mirror.run(input);

  expect(summary).toMatchObject({ status: 'failed', totals: { copied: 0, failed: 1 } });
  expect(mirror.s3.requests.of(refused)).toBe(24);
});

it('waits as long as a server asks for, within limits', async () => {
  jest.useFakeTimers({ now: 1_000_000, doNotFake: ['nextTick', 'setImmediate'] });
  const retries = new RetryEachRequest();
  const first = await retries.acquireInitialRetryToken();
  const waits = [0, 3_000, 60_000].map(async (askedMs) => {
    const retryAfterHint = new Date(Date.now() + askedMs);
    const token = await retries.refreshRetryTokenForRetry(first, { errorType: 'TRANSIENT', retryAfterHint });
    return token.getRetryDelay();
  });
  expect(await Promise.all(waits)).toEqual([0, 3_000, 5_000]);
  jest.useRealTimers();
});
