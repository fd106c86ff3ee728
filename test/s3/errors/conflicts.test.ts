import { CopyObjectCommand } from '@aws-sdk/client-s3';
import { S3RunStore } from '../../../lambdas/host/run-store/s3-run-store';
import { retryConflicts } from '../../../lambdas/s3/errors/conflicts';
import { requestsOf, useBucketAndClients } from '../../support/bucket-and-clients';

const local = useBucketAndClients();
const copy = () =>
  requestsOf(local.createClient()).send(
    new CopyObjectCommand({ Bucket: 'a-bucket', Key: 'a copy', CopySource: 'a-bucket/an%20object', IfNoneMatch: '*' }),
  );

function failFirst(count: number, code: string, status = 409): void {
  let left = count;
  local.s3.onRequest = () => (left-- > 0 ? { status, code } : undefined);
}

beforeEach(() => {
  local.s3.bucket('a-bucket').put('an object', 'content');
  local.s3.requests.reset();
});

describe.each(['ConditionalRequestConflict', 'OperationAborted'])('a request that S3 answers by 409 %s', (code) => {
  it('is sent up to twice more, after a pause', async () => {
    const waits: number[] = [];
    failFirst(2, code);

    await retryConflicts(copy, async (milliseconds) => void waits.push(milliseconds));

    expect(local.s3.requests.of('CopyObject')).toBe(3);
    expect(waits).toEqual([100, 400]);
    expect(local.s3.bucket('a-bucket').get('a copy')).toBeDefined();
  });

  it('fails by that name when it was sent three times', async () => {
    failFirst(3, code);

    await expect(retryConflicts(copy, async () => {})).rejects.toMatchObject({ name: code });
    expect(local.s3.requests.of('CopyObject')).toBe(3);
  });
});

it.each([
  [412, 'PreconditionFailed'],
  [409, 'BucketNotEmpty'],
  [403, 'AccessDenied'],
])('a request that S3 answers by %d %s is not sent again', async (status, code) => {
  failFirst(1, code, status);

  await expect(retryConflicts(copy, async () => {})).rejects.toMatchObject({ name: code });
  expect(local.s3.requests.of('CopyObject')).toBe(1);
});

describe('the run store', () => {
  beforeEach(() => {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: local.s3.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
    });
  });

  it.each(['ConditionalRequestConflict', 'OperationAborted'])(
    'asks again before it believes a 409 %s',
    async (code) => {
      const store = new S3RunStore('a-bucket');
      failFirst(1, code);

      expect(await store.putIfAbsent('locks/a', 'mine')).toBe(true);
      failFirst(1, code);
      expect(await store.putIfAbsent('locks/a', 'theirs')).toBe(false);
      failFirst(1, code);
      await store.put('report', 'text');
      expect((await store.get('locks/a'))?.body.toString()).toBe('mine');
    },
  );
});
