import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { isRunning } from '../../lambdas/host/is-running';

const LONG_AGO = '2026-01-01T00:00:00Z';
const ARN = 'arn:aws:states:eu-west-1:111122223333:execution:BucketSync:a-run';
const asked: unknown[] = [];
let endpoint: string;
let answer: { readonly statusCode: number; readonly body: object };

/** Step Functions, as far as it says how an execution stands. */
const server = createServer(async (request, response) => {
  asked.push(await json(request));
  response.writeHead(answer.statusCode, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(answer.body));
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  Object.assign(process.env, { AWS_ENDPOINT_URL_SFN: endpoint, ...credentials });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_DescribeExecution.html */
it.each([
  ['RUNNING', true],
  ['PENDING_REDRIVE', true],
  ['SUCCEEDED', false],
  ['FAILED', false],
  ['TIMED_OUT', false],
  ['ABORTED', false],
])('an execution of status %s may still write: %s', async (status, running) => {
  asked.splice(0);
  answer = { statusCode: 200, body: { executionArn: ARN, status, startDate: 0 } };

  expect(await isRunning(ARN, LONG_AGO)).toBe(running);
  expect(asked).toEqual([{ executionArn: ARN }]);
});

describe('if S3 is not AWS', () => {
  const { env } = process;
  let others: NodeJS.ProcessEnv;
  beforeEach(() => {
    const { AWS_ENDPOINT_URL_SFN, ...rest } = env;
    others = rest;
    asked.splice(0);
    answer = { statusCode: 200, body: { executionArn: ARN, status: 'SUCCEEDED', startDate: 0 } };
  });
  afterEach(() => {
    process.env = env;
  });

  it('treats an execution as running, and sends no request, if no endpoint of Step Functions was named', async () => {
    process.env = { ...others, AWS_ENDPOINT_URL_S3: 'https://storage.example:9000' };

    expect(await isRunning(ARN, LONG_AGO)).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each(['AWS_ENDPOINT_URL_SFN', 'AWS_ENDPOINT_URL'])('asks the Step Functions that %s names', async (name) => {
    process.env = { ...others, AWS_ENDPOINT_URL_S3: 'https://storage.example:9000', [name]: endpoint };

    expect(await isRunning(ARN, LONG_AGO)).toBe(false);
    expect(asked).toEqual([{ executionArn: ARN }]);
  });
});

it('treats an execution that Step Functions has forgotten as ended, and passes on an access denial', async () => {
  answer = { statusCode: 400, body: { __type: 'ExecutionDoesNotExist', message: 'gone' } };
  expect(await isRunning(ARN, LONG_AGO)).toBe(false);

  answer = { statusCode: 400, body: { __type: 'AccessDeniedException', message: 'no' } };
  await expect(isRunning(ARN, LONG_AGO)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});

it.each([
  ['has begun a second ago', -1_000, true],
  ['has begun within two minutes', -119_000, true],
  ['begins soon by its own clock', 60_000, true],
  ['has begun two minutes ago', -120_000, false],
  ['begins in an hour by its own clock', 3_600_000, false],
])('treats an unknown execution as running while it may be new: it %s', async (_what, age, running) => {
  jest.useFakeTimers({ doNotFake: ['setTimeout', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  answer = { statusCode: 400, body: { __type: 'ExecutionDoesNotExist', message: 'not yet' } };

  const found = await isRunning(ARN, new Date(Date.now() + age).toISOString());
  jest.useRealTimers();

  expect(found).toBe(running);
});
