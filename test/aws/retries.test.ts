import { contentsOf } from '../support/contents';
import { useMirror } from '../support/mirror';
import { retryAtOnce, setTimeoutOfClients } from '../support/retries';

const mirror = useMirror();
retryAtOnce();

it('asks again where S3 does not begin to answer', async () => {
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

it('waits longer for a copy, and asks again once its connection is silent', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('slow', 'x');
  source.put('stalled', 'x');
  const restore = [setTimeoutOfClients('requestTimeout', 300), setTimeoutOfClients('socketTimeout', 1500)];
  let stalls = 0;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation !== 'CopyObject') return undefined;
    if (key === 'slow') return { delayMs: 600 };
    return stalls++ === 0 ? 'stall' : undefined;
  };

  const summary = await mirror.run(input);

  for (const undo of restore) undo();
  expect(summary).toMatchObject({ status: 'succeeded', totals: { copied: 2, requests: { copy: 3 } } });
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
