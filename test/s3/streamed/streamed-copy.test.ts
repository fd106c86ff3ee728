import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import type { Side } from '../../../lambdas/s3/buckets/side';
import { RetryEachRequest } from '../../../lambdas/s3/client/retry-each-request';
import { bytesInFlight } from '../../../lambdas/s3/network/incoming-bytes';
import { UndiciHandler } from '../../../lambdas/s3/network/undici-handler';
import { ByteBudget } from '../../../lambdas/s3/streamed/byte-budget';
import { StreamedCopy } from '../../../lambdas/s3/streamed/streamed-copy';
import { type S3Server, startS3, syntheticBody } from '../../../local/s3';
import { emptyCounters } from '../../../statemachine/contract';

const MIB = 1024 ** 2;
const SIZE = 64 * MIB;
const PART = 4 * MIB;

let source: S3Server;
let sink: Server;
/** Bytes that the destination has received. */
let received = 0;

/** It keeps nothing, and says of each part that a key encrypts it, so that nobody has to know its MD5. */
beforeAll(async () => {
  source = await startS3();
  sink = createServer(async (request, response) => {
    for await (const chunk of request) received += (chunk as Buffer).length;
    response.setHeader('x-amz-server-side-encryption', 'aws:kms');
    response.setHeader('etag', '"opaque"').end();
  });
  sink.listen(0, '127.0.0.1');
  await once(sink, 'listening');
});
afterAll(async () => {
  sink.closeAllConnections();
  sink.close();
  await source.close();
});

function sideOf(endpoint: string): Side {
  const timeouts = { requestTimeout: 60_000, socketTimeout: 60_000, answerTimeout: 60_000, maxBytes: MIB };
  const client = new S3Client({
    ...{ endpoint, region: 'us-east-1', forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    retryStrategy: new RetryEachRequest(),
    requestHandler: new UndiciHandler(timeouts),
  });
  const observer = { counters: emptyCounters().requests, onSlowDown() {} };
  return { client, bucket: 'bucket', prefix: '', owner: undefined, pageSize: 1000, observer };
}

it('holds no more than some megabytes of what goes through it, however much that is, with sixteen parts at once', async () => {
  const bucket = source.createBucket('bucket');
  const { eTag } = bucket.put('huge', syntheticBody(SIZE));
  const destination = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
  const copy = new StreamedCopy(sideOf(source.endpoint), sideOf(destination), {});
  bytesInFlight.most = 0;

  const parts = await Promise.all(
    Array.from({ length: SIZE / PART }, (_, index) => {
      const bytes = { first: index * PART, last: (index + 1) * PART - 1 };
      return copy.copyPart({
        ...{ key: 'huge', uploadId: 'u', part: index + 1, sourceETag: eTag },
        sizeBytes: PART,
        bytes,
      });
    }),
  );

  expect(parts).toHaveLength(16);
  expect(received).toBe(SIZE);
  expect(bytesInFlight.now).toBe(0);
  expect(bytesInFlight.most).toBeGreaterThan(0);
  expect(bytesInFlight.most).toBeLessThan(8 * MIB);
});

describe('a budget of bytes', () => {
  it('lets as many begin as have room together, and the next one in its turn', async () => {
    const budget = new ByteBudget(10);
    const begun: string[] = [];
    const ends = new Map<string, () => void>();
    const work = (name: string) => () => {
      begun.push(name);
      return new Promise<void>((end) => ends.set(name, end));
    };
    const all = [
      budget.run(6, work('a')),
      budget.run(6, work('b')),
      budget.run(2, work('c')),
      budget.run(4, work('d')),
    ];
    await Promise.resolve();

    expect(begun).toEqual(['a']);
    ends.get('a')?.();
    await all[0];
    expect(begun).toEqual(['a', 'b', 'c']);
    ends.get('b')?.();
    await all[1];
    expect(begun).toEqual(['a', 'b', 'c', 'd']);
    for (const end of ends.values()) end();
    await Promise.all(all);
  });

  it('returns the bytes of a copy that failed', async () => {
    const budget = new ByteBudget(1);

    await expect(budget.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(await budget.run(1, async () => 'yes')).toBe('yes');
  });
});
