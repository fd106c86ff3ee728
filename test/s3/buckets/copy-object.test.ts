import { S3Client } from '@aws-sdk/client-s3';
import { S3Destination } from '../../../lambdas/s3/buckets/s3-destination';
import { RetryEachRequest } from '../../../lambdas/s3/client/retry-each-request';
import { startS3 } from '../../../local/s3';
import { emptyCounters } from '../../../statemachine/contract';
import { Interceptor } from '../../support/interceptor';

const request = {
  key: 'a',
  sourceETag: '9a0364b9e99bb480dd25e1f0284c8555',
  storageClass: 'STANDARD',
  tags: 'copy',
} as const;

/** Copies `a` by way of an interceptor that rewrites what S3 answers. */
async function copyThrough(rewrite: (body: string) => string) {
  await using s3 = await startS3();
  s3.createBucket('a-source').put('a', 'content');
  const destination = s3.createBucket('a-destination');
  const interceptor = await Interceptor.start(s3.endpoint);
  interceptor.rewrite = (_request, body) => rewrite(body);
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: interceptor.endpoint,
    forcePathStyle: true,
    retryStrategy: new RetryEachRequest(),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let slowDowns = 0;
  const { requests: counters } = emptyCounters();
  const side = {
    client,
    bucket: 'a-destination',
    prefix: '',
    owner: undefined,
    pageSize: 1000,
    observer: {
      counters,
      onSlowDown: () => {
        slowDowns += 1;
      },
    },
  };
  const store = new S3Destination(side, { bucket: 'a-source', prefix: '', owner: undefined }, {});
  const error = await store.copyObject(request).then(
    () => undefined,
    (reason) => reason,
  );
  await interceptor.stop();
  return { error, copies: counters.copy, slowDowns, copied: destination.get('a') !== undefined };
}

it.each<[string, (body: string) => string]>([
  ['as S3 writes it', (body) => body],
  ['on several lines', (body) => body.replaceAll('><', '>\n<')],
  ['with a comment', (body) => body.replace('<ETag>', '<!-- done --><ETag>')],
  ['with an ETag without quotes', (body) => body.replaceAll('&quot;', '')],
])('an answer to a copy is understood %s', async (_how, rewrite) => {
  expect(await copyThrough(rewrite)).toEqual({ error: undefined, copies: 1, slowDowns: 0, copied: true });
});

it.each<[string, (body: string) => string, string]>([
  ['no ETag', (body) => body.replace(/<ETag>.*<\/ETag>/, ''), 'without an ETag'],
  ['an empty ETag', (body) => body.replace(/<ETag>.*<\/ETag>/, '<ETag></ETag>'), 'without an ETag'],
  ['a web page', () => '<html><body>Please sign in</body></html>', 'without an ETag'],
  ['half of an XML document', (body) => body.slice(0, -30), 'UnreadableAnswer: '],
])('a copy that is answered with %s counts as failed', async (_what, rewrite, message) => {
  const { error, copies } = await copyThrough(rewrite);

  expect(error).toMatchObject({ name: 'StoreError', reason: 'refused', message: expect.stringContaining(message) });
  expect(copies).toBe(1);
});

it('each attempt is counted, and each that S3 does not take slows the others down', async () => {
  const answers = ['<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>', ''];

  expect(await copyThrough((body) => answers.shift() ?? body)).toEqual({
    error: undefined,
    copies: 3,
    slowDowns: 2,
    copied: true,
  });
});
