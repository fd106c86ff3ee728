import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import type { ConfirmDeletes } from '../../../lambdas/engine/ports/bucket-writer';
import { Lacks } from '../../../lambdas/engine/server/lacks';
import { FolderRunStore } from '../../../lambdas/host/run-store/folder-run-store';
import { S3Destination } from '../../../lambdas/s3/buckets/s3-destination';
import { emptyCounters } from '../../../statemachine/contract';
import { past, useMirror } from '../../support/mirror';
import { reportLines } from '../../support/report-lines';
import { temporaryFolder } from '../../support/temporary-folder';

const mirror = useMirror();

const awkward = [
  '\n',
  ' ',
  ' \n ',
  '\r',
  '\r\n',
  '\t',
  'a ',
  ' a',
  'a\nb',
  'a&amp;b',
  '<Key>',
  '+',
  '%0A',
  '\u0085',
  '\u2028',
];

it('reports which keys S3 did not delete, whatever characters they have', async () => {
  // Given orphans of which every second and third changes at the last moment
  const { source, destination, input } = mirror.createPair();
  source.put('kept', 'x', { lastModified: past });
  const changing = awkward.flatMap((key) => [key, `more ${key}`]);
  for (const key of [...changing, ...awkward.map((plain) => `still ${plain}`)]) destination.put(key, 'x');
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation.startsWith('DeleteObject') && !key?.includes('probe'))
      for (const key of changing) destination.put(key, 'changed');
    return undefined;
  };

  // When
  const summary = await mirror.run({ ...input, conditional: true });

  // Then
  expect(summary.totals).toMatchObject({ deleted: awkward.length, failed: changing.length });
  expect(
    reportLines(summary, 'failures')
      .map(({ key }) => key)
      .sort(),
  ).toEqual(changing.sort());
});

it.each(['\u0001/', '\uffff/', 'plain/'])(
  'deletes orphans below a prefix that XML may not carry: %j',
  async (prefix) => {
    const { source, destination } = mirror.createPair();
    source.put('kept', 'x', { lastModified: past });
    for (const key of ['a', 'b', '\u0002']) destination.put(`${prefix}${key}`, 'x');

    const summary = await mirror.run({
      source: source.name,
      destination: destination.name,
      destinationPrefix: prefix,
    });

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 3, copied: 1, failed: 0 } });
    expect([...destination.index.after('')].map(({ key }) => key)).toEqual([`${prefix}kept`]);
  },
);

/** What `use` meets at an S3 that gives one answer to all. */
async function answering<T>(body: string, use: (destination: S3Destination) => Promise<T>): Promise<T> {
  const s3 = createServer((request, response) => {
    request.resume();
    response.end(body);
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  const { port } = s3.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', maxAttempts: 1 });
  const observer = { counters: emptyCounters().requests, onSlowDown() {} };
  const side = { client, bucket: 'b', prefix: '', owner: undefined, pageSize: 1000, observer };
  try {
    return await use(new S3Destination(side, { bucket: 'a', prefix: '', owner: undefined }, {}));
  } finally {
    client.destroy();
    s3.closeAllConnections();
    s3.close();
  }
}

it('asks what is still to be deleted right before each request, even if a server makes others wait, or rejects the first', async () => {
  // Given a server that knows no checksum of a body, and takes its time to say so
  const folder = temporaryFolder();
  const host = { runStore: new FolderRunStore(folder), trustsListings: false, now: Date.now };
  const lacks = await Lacks.open({ id: 'run', input: { destination: 'b' } }, host);
  const events: string[] = [];
  const s3 = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    events.push(`sent ${/<Key>(.*)<\/Key>/.exec(body)?.[1]}`);
    if (events.length > 2) return response.end('<DeleteResult></DeleteResult>');
    await setTimeout(100);
    response.statusCode = 501;
    return response.end('<Error><Code>NotImplemented</Code></Error>');
  }).listen(0, '127.0.0.1');
  await once(s3, 'listening');
  const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
  const client = new S3Client({ endpoint, forcePathStyle: true, region: 'us-east-1', maxAttempts: 1 });
  const observer = { counters: emptyCounters().requests, onSlowDown() {}, lacks };
  const side = { client, bucket: 'b', prefix: '', owner: undefined, pageSize: 1000, observer };
  const destination = new S3Destination(side, { bucket: 'a', prefix: '', owner: undefined }, {});

  // When
  const confirm: ConfirmDeletes = (requests) => {
    events.push(...requests.map(({ key }) => `confirmed ${key}`));
    return requests;
  };
  const failures = await Promise.all(['k', 'l'].map((key) => destination.deleteObjects([{ key }], confirm)));
  client.destroy();
  s3.closeAllConnections();
  s3.close();
  await lacks?.close();

  // Then
  expect(failures.flat()).toEqual([]);
  expect(events).toEqual(['confirmed k', 'sent k', 'confirmed k', 'sent k', 'confirmed l', 'sent l']);
});

const parts = [{ part: 1, sizeBytes: 1, eTag: 'e', checksums: {} }];
const upload = { key: 'a', uploadId: 'u', parts, sizeBytes: 1 };

it('treats nothing as deleted if S3 names a key that was not in the request', async () => {
  const answer = '<DeleteResult><Error><Key>another</Key><Code>AccessDenied</Code></Error></DeleteResult>';

  const deleted = answering(answer, (destination) => destination.deleteObjects([{ key: 'a' }, { key: 'b' }]));

  const error = { name: 'StoreError', reason: 'access-denied', message: expect.stringContaining('"another"') };
  expect(await deleted).toMatchObject([
    { key: 'a', error },
    { key: 'b', error },
  ]);
});

it('counts a key that must be deleted alone by its own answer, and waits for it, even if S3 rejects the others', async () => {
  const { source, destination, input } = mirror.createPair();
  source.put('kept', 'x', { lastModified: past });
  for (const key of ['a', 'b', 'odd\u0001', 'odd\u0002']) destination.put(key, 'x');
  let alone = 0;
  mirror.s3.onRequest = ({ operation, key }) => {
    if (operation === 'DeleteObjects') return { status: 403, code: 'AccessDenied' };
    return key?.startsWith('odd') && ++alone === 2 ? { delayMs: 200 } : undefined;
  };

  const summary = await mirror.run(input);

  expect(summary.totals).toMatchObject({ deleted: 2, failed: 2 });
  expect(reportLines(summary, 'failures').map(({ key }) => key)).toEqual(['a', 'b']);
  expect([...destination.index.after('')].map(({ key }) => key)).toEqual(['a', 'b', 'kept']);
});

it('gives a batch up after the usual attempts: keys that wait longer may have been put back meanwhile', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(0); // no time between attempts
  const { destination, input } = mirror.createPair();
  for (const key of ['a', 'b']) destination.put(key, 'x');
  mirror.s3.onRequest = ({ operation }) =>
    operation === 'DeleteObjects' ? { status: 503, code: 'SlowDown' } : undefined;

  const summary = await mirror.run({ ...input, allowEmptySource: true });

  jest.restoreAllMocks();
  expect(summary).toMatchObject({
    error: { name: 'SyncIncompleteError', keys: ['a', 'b'] },
    totals: { deleted: 0, failed: 2, requests: { delete: 24 } },
  });
});

describe.each(['InternalError', 'SlowDown'])('if S3 fails for a key under the status 200, with %s', (code) => {
  /** An orphan that comes back at once, as if it had not been deleted, for so many answers. */
  function createPair(times: number) {
    const { source, destination, input } = mirror.createPair();
    source.put('kept', 'x', { lastModified: past });
    for (const key of ['a', 'b', 'c']) destination.put(key, 'x');
    let failures = 0;
    mirror.s3.onRequest = ({ operation }) => {
      if (operation !== 'DeleteObjects') return undefined;
      if (++failures > times) return undefined;
      const error = `<Error><Key>b</Key><Code>${code}</Code><Message>Please try again.</Message></Error>`;
      return {
        rewrite(body) {
          destination.put('b', 'x');
          destination.put('a', 'put back by somebody else');
          return body.replace('</DeleteResult>', `${error}</DeleteResult>`);
        },
      };
    };
    return { destination, input };
  }

  it('asks again for that key, and for no other', async () => {
    const { destination, input } = createPair(2);

    const summary = await mirror.run(input);

    expect(summary).toMatchObject({ status: 'succeeded', totals: { deleted: 3, failed: 0, requests: { delete: 3 } } });
    expect([...destination.index.after('')].map(({ key }) => key)).toEqual(['a', 'kept']);
  });

  it('reports the key in the end', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const { input } = createPair(Number.POSITIVE_INFINITY);

    const summary = await mirror.run(input);

    jest.restoreAllMocks();
    expect(summary).toMatchObject({
      error: { name: 'SyncIncompleteError', keys: ['b'] },
      totals: { deleted: 2, failed: 1 },
    });
  });
});

it.each(['CompleteMultipartUploadResult', 'CompleteMultipartUploadResponse'])(
  'treats an upload as completed by a %s',
  async (root) => {
    const answer = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></${root}>`;

    await expect(answering(answer, (destination) => destination.uploads.complete(upload))).resolves.toBeUndefined();
  },
);

describe.each([
  ['an error and a line end', '<Error><Code>InternalError</Code><Message>We failed.</Message></Error>\r\n'],
  ['the page of a proxy', '<html><body>Please sign in</body></html>'],
  ['an answer to something else', '<ListBucketResult></ListBucketResult>'],
])('with %s for an answer', (_what, answer) => {
  it('treats nothing as deleted', async () => {
    const deleted = answering(answer, (destination) => destination.deleteObjects([{ key: 'a' }]));

    expect(await deleted).toMatchObject([{ key: 'a', error: { name: 'StoreError' } }]);
  });

  it('treats no upload as completed', async () => {
    const completed = answering(answer, (destination) => destination.uploads.complete(upload));

    await expect(completed).rejects.toMatchObject({ name: 'StoreError' });
  });
});
